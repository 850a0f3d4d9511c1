import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import type { Finding } from '../../model/index.ts';
import { inflateStream } from '../inflate-stream.ts';
import { LIMITS } from '../limits.ts';
import { isZero } from '../octets.ts';
import { OctetFeed } from './octet-feed.ts';

/** Flags of RFC 1952 §2.3.1. */
const HEADER_CRC = 0x02;
const EXTRA = 0x04;
const NAME = 0x08;
const COMMENT = 0x10;
const RESERVED = 0xe0;
/** A name or comment above this is none. */
const LONGEST_FIELD = 64 * 1024;

export interface GunzipReport {
  readonly findings: Finding[];
}

/**
 * Expands gzip (RFC 1952), members one after the other, each checked by its CRC-32 and size. zlib's own reader gives up
 * what it has expanded when something follows the end, so the framing is read here. What is damaged, cut off or appended
 * becomes a finding, and all octets of the input are read.
 */
export async function* gunzip(input: AsyncIterable<Uint8Array>, report: GunzipReport): AsyncGenerator<Uint8Array> {
  const feed = new OctetFeed(input);
  const wrong = (check: string, message: string): void => {
    report.findings.push({ check, severity: 'error', message, range: [feed.position, feed.position] });
  };
  try {
    for (let member = 0; ; member += 1) {
      const head = await feed.peek(1);
      if (head.length === 0) break;
      if (member > 0 && (await isPadding(feed))) break;
      const header = await readHeader(feed);
      if (header === 'doubtful') wrong('archive-damaged', 'The checksum of the gzip header is not that of the header.');
      else if (header !== 'good') {
        if (header === 'cut') wrong('archive-truncated', 'The gzip data breaks off within a header.');
        else
          wrong('archive-damaged', member === 0 ? 'The gzip header is damaged.' : 'Something follows the gzip data.');
        break;
      }
      const start = feed.position;
      const outcome = yield* inflateStream(lend(feed), LIMITS.chunkBytes);
      await feed.take(outcome.consumed - (feed.position - start));
      if (outcome.state !== 'whole') {
        if (outcome.state === 'cut') wrong('archive-truncated', 'The gzip data breaks off.');
        else wrong('archive-damaged', 'The gzip data is damaged.');
        break;
      }
      const trailer = await feed.take(8);
      if (trailer.length < 8) wrong('archive-truncated', 'The gzip data breaks off before its checksum.');
      else if (trailer.readUInt32LE(0) !== outcome.crc32 || trailer.readUInt32LE(4) !== outcome.size % 0x1_0000_0000)
        wrong('archive-damaged', 'The checksum or size of the gzip data is not that of what it expands to.');
    }
    for (let rest = await feed.peek(1); rest.length > 0; rest = await feed.peek(1)) await feed.take(rest.length);
  } finally {
    await feed.close();
  }
}

/** Gives what is held to a reader, and takes it only once the reader asks for more: what is not used stays. */
async function* lend(feed: OctetFeed): AsyncGenerator<Uint8Array> {
  for (let held = await feed.peek(1); held.length > 0; held = await feed.peek(1)) {
    yield held;
    await feed.take(held.length);
  }
}

/** Whether nothing but zeros follows, as tapes pad. */
async function isPadding(feed: OctetFeed): Promise<boolean> {
  const octets = await feed.peek(64 * 1024);
  return octets.length < 64 * 1024 && isZero(octets);
}

/**
 * Takes a member's header. The octets of time, hints and system are covered by nothing and mean nothing here. A header
 * whose own checksum differs is `doubtful`: the data has a checksum of its own, and is read.
 */
async function readHeader(feed: OctetFeed): Promise<'good' | 'doubtful' | 'cut' | 'damaged'> {
  const parts: Buffer[] = [Buffer.from(await feed.take(10))];
  const fixed = parts[0] ?? Buffer.alloc(0);
  const magic = Buffer.from([0x1f, 0x8b, 8]);
  if (!fixed.subarray(0, 3).equals(magic.subarray(0, Math.min(3, fixed.length)))) return 'damaged';
  if (fixed.length < 10) return 'cut';
  const flags = fixed.readUInt8(3);
  if ((flags & RESERVED) !== 0) return 'damaged';
  if ((flags & EXTRA) !== 0) {
    const length = Buffer.from(await feed.take(2));
    if (length.length < 2) return 'cut';
    const extra = Buffer.from(await feed.take(length.readUInt16LE(0)));
    if (extra.length < length.readUInt16LE(0)) return 'cut';
    parts.push(length, extra);
  }
  for (const flag of [NAME, COMMENT]) {
    if ((flags & flag) === 0) continue;
    const field = await feed.peek(LONGEST_FIELD);
    const end = field.indexOf(0);
    if (end < 0) return field.length < LONGEST_FIELD ? 'cut' : 'damaged';
    parts.push(Buffer.from(await feed.take(end + 1)));
  }
  if ((flags & HEADER_CRC) === 0) return 'good';
  const declared = await feed.take(2);
  if (declared.length < 2) return 'cut';
  return (crc32(Buffer.concat(parts)) & 0xffff) === declared.readUInt16LE(0) ? 'good' : 'doubtful';
}
