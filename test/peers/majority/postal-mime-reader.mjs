// Reads every message of a packed file (decimal length, line feed, octets; again and again) with postal-mime, found in the
// folder of the second argument, and prints what it makes of each as a line of JSON, in the shape of opinion.ts.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packedMessages } from './packed.mjs';

const found = createRequire(join(process.argv[3], 'package.json')).resolve('postal-mime');
const module = await import(pathToFileURL(found).href);
const PostalMime = module.default.default ?? module.default;

const mailboxes = (list) =>
  (list === undefined ? [] : [list])
    .flat()
    .flatMap((entry) => entry.group ?? [entry])
    .map(({ name, address }) => [name === '' ? null : name, address ?? '']);

for (const octets of packedMessages(process.argv[2])) {
  const opinion = {};
  try {
    const mail = await PostalMime.parse(octets, { forceRfc822Attachments: true, attachmentEncoding: 'arraybuffer' });
    const date = mail.date === undefined ? null : Date.parse(mail.date);
    Object.assign(opinion, {
      subject: mail.subject ?? null,
      from: mailboxes(mail.from),
      to: mailboxes(mail.to),
      date: date === null || Number.isNaN(date) ? null : Math.floor(date / 1000),
      messageId: mail.messageId ?? null,
      attachments: mail.attachments.map(({ content, mimeType }) => ({
        type: mimeType || 'application/octet-stream',
        sha256: createHash('sha256').update(Buffer.from(content)).digest('hex'),
      })),
      text: mail.text ?? null,
    });
  } catch {
    // What it rejects it has no opinion of.
  }
  process.stdout.write(`${JSON.stringify(opinion)}\n`);
}
