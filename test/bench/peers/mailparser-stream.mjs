// mailparser's streaming parser alone, one thread: every message of a packed file, SHA-256 and MD5 of every attachment.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { MailParser } from 'mailparser';

const packed = readFileSync(process.argv[2]);
let octets = 0;
let messages = 0;
let seconds = 0;
for (let at = 0; at < packed.length; ) {
  const feed = packed.indexOf(10, at);
  const length = Number(packed.toString('latin1', at, feed));
  const bytes = packed.subarray(feed + 1, feed + 1 + length);
  at = feed + 1 + length;
  const begun = performance.now();
  await new Promise((resolve, reject) => {
    const parser = new MailParser();
    parser.on('headers', () => undefined);
    parser.on('data', (part) => {
      if (part.type !== 'attachment') return;
      const sha256 = createHash('sha256');
      const md5 = createHash('md5');
      part.content.on('data', (chunk) => {
        sha256.update(chunk);
        md5.update(chunk);
      });
      part.content.on('end', () => {
        sha256.digest('hex');
        md5.digest('hex');
        part.release();
      });
    });
    parser.on('end', resolve);
    parser.on('error', reject);
    parser.end(bytes);
  });
  seconds += (performance.now() - begun) / 1000;
  octets += length;
  messages++;
}
writeFileSync(process.env.BENCH_RESULT, JSON.stringify({ seconds, messages, octets }));
