"""What Python's zipfile and email say of an archive: a JSON line an entry."""
import hashlib, json, sys, zipfile
from email import message_from_bytes

with zipfile.ZipFile(sys.argv[1]) as archive:
    for info in archive.infolist():
        data = archive.read(info)
        message = message_from_bytes(data)
        line = {"path": info.filename, "crc32": "%08x" % info.CRC, "size": info.file_size,
                "sha256": hashlib.sha256(data).hexdigest(),
                "fields": len(message.items()), "message_id": message.get("Message-ID")}
        print(json.dumps(line, ensure_ascii=True))
