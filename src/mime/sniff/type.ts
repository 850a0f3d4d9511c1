/** First octets that say what a file is: offset, octets (latin-1), media type. From the formats' own specifications. */
const SIGNATURES: readonly (readonly [number, string, string])[] = [
  [0, '%PDF-', 'application/pdf'],
  [0, '\x89PNG\r\n\x1a\n', 'image/png'],
  [0, '\xff\xd8\xff', 'image/jpeg'],
  [0, 'GIF87a', 'image/gif'],
  [0, 'GIF89a', 'image/gif'],
  [0, 'II*\0', 'image/tiff'],
  [0, 'MM\0*', 'image/tiff'],
  [8, 'WEBP', 'image/webp'],
  [8, 'WAVE', 'audio/wav'],
  [8, 'AVI ', 'video/x-msvideo'],
  [0, '\0\0\x01\0', 'image/vnd.microsoft.icon'],
  [0, '8BPS', 'image/vnd.adobe.photoshop'],
  [0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'application/x-ole-storage'],
  [0, '{\\rtf', 'application/rtf'],
  [0, '%!PS', 'application/postscript'],
  [0, '7z\xbc\xaf\x27\x1c', 'application/x-7z-compressed'],
  [0, 'Rar!\x1a\x07', 'application/vnd.rar'],
  [0, '\x1f\x8b\x08', 'application/gzip'],
  [0, 'BZh', 'application/x-bzip2'],
  [0, '\xfd7zXZ\0', 'application/x-xz'],
  [0, '(\xb5/\xfd', 'application/zstd'],
  [0, 'MZ', 'application/vnd.microsoft.portable-executable'],
  [0, '\x7fELF', 'application/x-elf'],
  [0, 'ID3', 'audio/mpeg'],
  [0, 'OggS', 'application/ogg'],
  [0, 'fLaC', 'audio/flac'],
  [0, '\x1aE\xdf\xa3', 'video/x-matroska'],
  [0, 'SQLite format 3\0', 'application/vnd.sqlite3'],
  [0, '\x78\x9f\x3e\x22', 'application/vnd.ms-tnef'],
  [0, '!BDN', 'application/vnd.ms-outlook-pst'],
  [0, '-----BEGIN PGP ', 'application/pgp-encrypted'],
  [0, 'BEGIN:VCALENDAR', 'text/calendar'],
  [0, 'BEGIN:VCARD', 'text/vcard'],
  [4, 'ftyp', 'video/mp4'],
];

/** Container formats: types that are this one on the outside. */
const WITHIN: Readonly<Record<string, RegExp>> = {
  'application/zip':
    /zip|openxmlformats|opendocument|epub|java-archive|vnd\.android|\+zip|ms-(?:excel|word|powerpoint)/,
  'application/x-ole-storage':
    /ms-?(?:word|excel|powerpoint|outlook|project|office|publisher)|msword|visio|works|\.ms-/,
  'application/gzip': /gzip|tgz|tar/,
  'video/mp4': /mp4|quicktime|3gpp|heic|heif|avif|m4a|m4v|iso/,
  'application/ogg': /ogg|opus|theora/,
  'video/x-matroska': /matroska|webm/,
  'application/vnd.ms-tnef': /tnef/,
  'application/pgp-encrypted': /pgp/,
  'application/rtf': /rtf|msword/,
  'image/vnd.microsoft.icon': /icon|ico$/,
  'audio/mpeg': /mp3|mpeg/,
};

/** As many first octets as are looked at. */
export const SNIFF_LENGTH = 64;

/** The media type the first octets say, null where they say none. */
export function sniffType(head: Buffer): string | null {
  const text = head.toString('latin1', 0, SNIFF_LENGTH);
  if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06')) return zipType(text);
  for (const [offset, octets, type] of SIGNATURES) {
    if (!text.startsWith(octets, offset)) continue;
    if (offset === 8 && !text.startsWith('RIFF')) continue;
    // Two letters alone would make a program of every text that begins with them.
    if (octets === 'MZ' && !text.includes('\0')) continue;
    if (octets === 'BZh' && !/^BZh[1-9]1AY&SY/.test(text)) continue;
    return type;
  }
  return null;
}

/** OpenDocument and EPUB name their type in the first entry, stored. */
function zipType(text: string): string {
  const named = /mimetype(application\/[a-z0-9.+-]{3,60})/.exec(text)?.[1];
  return named === undefined ? 'application/zip' : named.replace(/PK.*$/, '');
}

/** What the first octets say a part is, where that is known and contradicts `declared`; else null. */
export function contradictingType(head: Buffer, declared: string): string | null {
  const sniffed = sniffType(head);
  if (sniffed === null || sniffed === declared) return null;
  if (WITHIN[sniffed]?.test(declared) === true) return null;
  if (declared.replace(/^(\w+)\/x-/, '$1/') === sniffed.replace(/^(\w+)\/x-/, '$1/')) return null;
  if (sniffed === 'image/jpeg' && /^image\/(?:jpg|pjpeg)$/.test(declared)) return null;
  return sniffed;
}
