import { Buffer } from 'node:buffer';
import { type EntryStream, type Issue, issue } from '../../model/index.ts';
import { LIMITS } from '../limits.ts';
import type { OctetFeed } from '../sequential/octet-feed.ts';
import { type PlacedEntry, placedBytes } from '../sequential/placed-entry.ts';
import { LONGEST, SEPARATOR, separatorLength } from './separator.ts';

/** What is kept back while looking for the end: a whole separator, and the blank line before it. */
const KEPT = LONGEST + 64;

/** A message too long to hold, up to the next separator. Quoted lines stay quoted, and an issue says so. */
export function streamMessage(entry: PlacedEntry, feed: OctetFeed): EntryStream & { finish(): Promise<void> } {
  const issues: Issue[] = [
    ...entry.issues,
    issue('ENTRY_TOO_LARGE', 'The message is too large to be held; lines quoted for the mbox were left quoted.'),
  ];
  let size = 0;
  let blank = 0;
  let ended = false;
  async function step(): Promise<Buffer> {
    const octets = await feed.peek(LIMITS.chunkBytes + KEPT);
    const last = octets.length < LIMITS.chunkBytes + KEPT;
    const end = endWithin(octets, last);
    ended = end !== null;
    const length = end ?? octets.length - KEPT;
    if (end !== null) blank = blankBefore(octets, end);
    const chunk = Buffer.from(await feed.take(length));
    const content = chunk.subarray(0, chunk.length - blank);
    size += content.length;
    return content;
  }
  async function* read(): AsyncGenerator<Uint8Array> {
    while (!ended) yield await step();
  }
  const chunks = read();
  return {
    entry,
    chunks,
    outcome() {
      const dataEnd = entry.dataStart + size;
      return { issues, used: placedBytes({ ...entry, dataEnd, end: dataEnd + blank }), size };
    },
    async finish() {
      for await (const _ of chunks);
      while (!ended) await step();
    },
  };
}

/** Where the message ends within what is held, or null. */
function endWithin(octets: Buffer, last: boolean): number | null {
  for (let at = octets.indexOf(SEPARATOR); at >= 0; at = octets.indexOf(SEPARATOR, at + 1)) {
    if (!last && at + 1 + LONGEST > octets.length) return null;
    if (separatorLength(octets, at + 1) !== null) return at + 1;
  }
  return last ? octets.length : null;
}

function blankBefore(octets: Buffer, end: number): number {
  if (octets.toString('latin1', Math.max(0, end - 4), end) === '\r\n\r\n') return 2;
  return octets.toString('latin1', Math.max(0, end - 2), end) === '\n\n' ? 1 : 0;
}
