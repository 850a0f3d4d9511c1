import { isZero } from '../octets.ts';
import type { OctetFeed } from './octet-feed.ts';

/** RFC 8878 §3.1.1 and §3.1.2, little-endian. */
const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** §3.1.1.2.4: no block is larger, compressed or not. */
const LARGEST_BLOCK = 128 * 1024;
const DICTIONARY_OCTETS: readonly number[] = [0, 1, 2, 4];

/** What begins at the feed's position. `padding`: zeros to the end, as tapes pad. */
export type ZstdNext = 'frame' | 'skippable' | 'end' | 'padding' | 'foreign';

/** Whether octets begin with a frame of Zstandard, skippable or not. */
export function beginsZstd(head: Buffer): boolean {
  if (head.length < 4) return false;
  const magic = head.readUInt32LE(0);
  return magic === FRAME || (magic & 0xfffffff0) >>> 0 === SKIPPABLE;
}

export async function nextFrame(feed: OctetFeed): Promise<ZstdNext> {
  const head = await feed.peek(4);
  if (head.length === 0) return 'end';
  if (beginsZstd(head)) return head.readUInt32LE(0) === FRAME ? 'frame' : 'skippable';
  const rest = await feed.peek(64 * 1024);
  return rest.length < 64 * 1024 && isZero(rest) ? 'padding' : 'foreign';
}

/** Takes a skippable frame. Returns whether all of it was there. */
export async function skipFrame(feed: OctetFeed): Promise<boolean> {
  const header = await feed.take(8);
  if (header.length < 8) return false;
  let left = header.readUInt32LE(4);
  for await (const chunk of feed.stream(left, LARGEST_BLOCK)) left -= chunk.length;
  return left === 0;
}

/** What became of a frame; told as soon as its octets have been given out. */
export interface FrameOutcome {
  state: 'whole' | 'cut' | 'damaged';
  /** Whether the frame carries a checksum of its content. */
  checked: boolean;
}

/**
 * The octets of one frame, block by block. zlib's own reader says nothing where the input ends between two blocks, nor where
 * the last frame ends: the framing is read here, and `outcome` says how it ended.
 */
export async function* frameOctets(feed: OctetFeed, outcome: FrameOutcome): AsyncGenerator<Buffer> {
  outcome.state = 'cut';
  const descriptor = (await feed.peek(5))[4];
  if (descriptor === undefined) return;
  const single = (descriptor & 0x20) !== 0;
  outcome.checked = (descriptor & 0x04) !== 0;
  const sizeFlag = descriptor >> 6;
  const sizeOctets = sizeFlag === 0 ? (single ? 1 : 0) : 2 ** sizeFlag;
  const length = 5 + (single ? 0 : 1) + (DICTIONARY_OCTETS[descriptor & 0x03] ?? 0) + sizeOctets;
  const header = await feed.take(length);
  if (header.length < length) return;
  yield Buffer.from(header);
  for (let last = false; !last; ) {
    const start = await feed.peek(3);
    if (start.length < 3) return;
    const fields = start.readUIntLE(0, 3);
    last = (fields & 1) === 1;
    const type = (fields >> 1) & 3;
    const size = fields >> 3;
    if (type === 3 || size > LARGEST_BLOCK) {
      outcome.state = 'damaged';
      return;
    }
    // A run of one octet is stored as that octet.
    const octets = 3 + (type === 1 ? 1 : size);
    const block = await feed.take(octets);
    if (block.length < octets) return;
    yield Buffer.from(block);
  }
  if (outcome.checked) {
    const checksum = await feed.take(4);
    if (checksum.length < 4) return;
    yield Buffer.from(checksum);
  }
  outcome.state = 'whole';
}
