// What a person would write: yauzl to open the zip, mailparser's simpleParser for each entry, a JSON line a message.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { simpleParser } from 'mailparser';
import yauzl from 'yauzl';

const [, , archive, output] = process.argv;
const out = createWriteStream(output);
const digest = (algorithm, bytes) => createHash(algorithm).update(bytes).digest('hex');
const zip = await yauzl.openPromise(archive, { lazyEntries: true });
for await (const entry of zip.eachEntry()) {
  if (entry.fileName.endsWith('/') || !entry.fileName.endsWith('.eml')) continue;
  const bytes = await buffer(await zip.openReadStreamPromise(entry));
  const message = await simpleParser(bytes);
  const line = {
    path: entry.fileName,
    sha256: digest('sha256', bytes),
    md5: digest('md5', bytes),
    messageId: message.messageId,
    subject: message.subject,
    from: message.from?.text,
    date: message.date,
    text: message.text?.length,
    attachments: message.attachments.map((attachment) => ({
      name: attachment.filename,
      size: attachment.size,
      sha256: digest('sha256', attachment.content),
      md5: digest('md5', attachment.content),
    })),
  };
  if (!out.write(`${JSON.stringify(line)}\n`)) await new Promise((resolve) => out.once('drain', resolve));
}
out.end();
