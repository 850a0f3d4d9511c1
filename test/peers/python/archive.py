"""Writes a zip with Python's zipfile from a description on standard input: what other people's programs make."""
import base64, io, json, sys, zipfile

spec = json.load(sys.stdin)
METHODS = {'stored': zipfile.ZIP_STORED, 'deflated': zipfile.ZIP_DEFLATED, 'bzip2': zipfile.ZIP_BZIP2, 'lzma': zipfile.ZIP_LZMA}


class Pipe(io.RawIOBase):
    """Cannot seek: sizes go into data descriptors."""

    def __init__(self, path):
        self.file = open(path, 'wb')

    def writable(self):
        return True

    def write(self, octets):
        return self.file.write(octets)

    def flush(self):
        self.file.flush()


target = Pipe(spec['out']) if spec.get('pipe') else spec['out']
archive = zipfile.ZipFile(target, 'w', allowZip64=True)
for entry in spec['entries']:
    info = zipfile.ZipInfo(entry['path'], tuple(entry.get('date', (2026, 1, 1, 0, 0, 0))))
    info.compress_type = METHODS[entry.get('method', spec.get('method', 'deflated'))]
    level = entry.get('level', spec.get('level'))
    if level is not None:
        # Python 3.13 gave the field a public name.
        setattr(info, '_compresslevel' if hasattr(info, '_compresslevel') else 'compress_level', level)
    info.comment = entry.get('comment', spec.get('entryComment', '')).encode()
    info.extra = base64.b64decode(entry.get('extra', spec.get('extra', '')))
    info.create_system = spec.get('system', 3)
    info.external_attr = spec.get('attributes', 0o644 << 16)
    if entry['path'].endswith('/'):
        archive.writestr(info, b'')
        continue
    with archive.open(info, 'w', force_zip64=spec.get('zip64', False)) as writer:
        writer.write(base64.b64decode(entry['octets']))
archive.comment = spec.get('comment', '').encode()
archive.close()
if spec.get('pipe'):
    target.file.close()
