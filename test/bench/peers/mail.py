"""What a person would write in Python: zipfile and email, a JSON line a message."""
import hashlib, json, os, resource, sys, zipfile
from email import message_from_bytes, policy

archive, output = sys.argv[1:3]
with zipfile.ZipFile(archive) as z, open(output, "w") as out:
    for info in z.infolist():
        if not info.filename.endswith(".eml"):
            continue
        data = z.read(info)
        message = message_from_bytes(data, policy=policy.default)
        line = {"path": info.filename, "sha256": hashlib.sha256(data).hexdigest(), "md5": hashlib.md5(data).hexdigest()}
        try:
            line.update({k: str(message[k]) for k in ("message-id", "subject", "from", "date")})
            body = message.get_body(("plain", "html"))
            line["text"] = len(body.get_content()) if body else 0
        except Exception as error:
            line["error"] = repr(error)
        line["attachments"] = []
        for part in message.walk():
            if part.is_multipart() or part.get_content_disposition() != "attachment":
                continue
            content = part.get_payload(decode=True) or b""
            line["attachments"].append({"name": part.get_filename(), "size": len(content),
                                        "sha256": hashlib.sha256(content).hexdigest(), "md5": hashlib.md5(content).hexdigest()})
        out.write(json.dumps(line) + "\n")
usage = resource.getrusage(resource.RUSAGE_SELF)
if "BENCH_USAGE" in os.environ:
    json.dump({"cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss * 1024}, open(os.environ["BENCH_USAGE"], "w"))
