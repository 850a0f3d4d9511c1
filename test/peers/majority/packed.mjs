import { readFileSync } from 'node:fs';

/** The messages of a packed file: decimal length, line feed, octets; again and again. */
export function* packedMessages(path) {
  const file = readFileSync(path);
  for (let at = 0; at < file.length; ) {
    const feed = file.indexOf(10, at);
    const length = Number(file.toString('latin1', at, feed));
    yield file.subarray(feed + 1, feed + 1 + length);
    at = feed + 1 + length;
  }
}
