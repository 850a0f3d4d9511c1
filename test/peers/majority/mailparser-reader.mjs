// Reads every message of a packed file (decimal length, line feed, octets; again and again) with mailparser and prints what
// it makes of each as a line of JSON, in the shape of opinion.ts.
import { createHash } from 'node:crypto';
import { simpleParser } from 'mailparser';
import { packedMessages } from './packed.mjs';

const mailboxes = (field) =>
  (field === undefined ? [] : [field])
    .flat()
    .flatMap(({ value }) => value.flatMap((entry) => entry.group ?? [entry]))
    .map(({ name, address }) => [name === '' ? null : name, address ?? '']);

for (const octets of packedMessages(process.argv[2])) {
  const opinion = {};
  try {
    const mail = await simpleParser(octets, { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true });
    Object.assign(opinion, {
      subject: mail.subject ?? null,
      from: mailboxes(mail.from),
      to: mailboxes(mail.to),
      // It says "now" of a date it cannot read.
      date: mail.date === undefined || Date.now() - mail.date < 3_600_000 ? null : Math.floor(mail.date / 1000),
      messageId: mail.messageId ?? null,
      attachments: mail.attachments.map(({ content, contentType }) => ({
        type: contentType || 'application/octet-stream',
        sha256: createHash('sha256').update(content).digest('hex'),
      })),
      text: mail.text ?? null,
    });
  } catch {
    // What it rejects it has no opinion of.
  }
  process.stdout.write(`${JSON.stringify(opinion)}\n`);
}
