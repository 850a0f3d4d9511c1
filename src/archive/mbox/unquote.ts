import { Buffer } from 'node:buffer';
import { type Issue, issue } from '../../model/index.ts';
import { asBuffer } from '../octets.ts';

const GREATER = 0x3e;
const FROM = Buffer.from('From ');

/** Whether a line of `>`s and `From ` begins at `at`; returns whether it is quoted. */
function isQuotedFrom(octets: Buffer, at: number): boolean {
  let next = at;
  while (octets[next] === GREATER) next += 1;
  return next > at && octets.subarray(next, next + FROM.length).equals(FROM);
}

/**
 * Takes one `>` from each line `>From `, `>>From `… as mboxrd means them; mboxo quotes the first kind only, and writes the
 * others rarely enough. Adds an issue where a line was changed, for then the octets are not those of the archive.
 */
export function unquoteFrom(message: Uint8Array, issues: Issue[]): Uint8Array {
  const octets = asBuffer(message);
  const parts: Buffer[] = [];
  let from = 0;
  let lines = 0;
  for (let at = 0; at >= 0 && at < octets.length; ) {
    if (octets[at] === GREATER && isQuotedFrom(octets, at)) {
      parts.push(octets.subarray(from, at));
      from = at + 1;
      lines += 1;
    }
    const found = octets.indexOf('\n>', at);
    at = found < 0 ? -1 : found + 1;
  }
  if (lines === 0) return message;
  issues.push(issue('MBOX_UNQUOTED', `${lines} lines quoted for the mbox were unquoted.`));
  return Buffer.concat([...parts, octets.subarray(from)]);
}
