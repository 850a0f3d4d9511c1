// Our parser alone, one thread, on the same packed file; SHA-256 and MD5 of every leaf part, as its peers take them of attachments.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseMessage } from '../../../dist/index.js';

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
  parseMessage(bytes, { sha1: false });
  seconds += (performance.now() - begun) / 1000;
  octets += length;
  messages++;
}
writeFileSync(process.env.BENCH_RESULT, JSON.stringify({ seconds, messages, octets }));
