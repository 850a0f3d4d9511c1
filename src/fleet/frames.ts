import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { type BatchOutput, emptyTally } from '../manifest/index.ts';
import { type ByteSource, MailproofError } from '../model/index.ts';

/**
 * Batch outputs in a file: each a frame of six lengths (unsigned 32-bit, little-endian), its JSON head and its five
 * buffers. Nothing is said twice, so that the same output has the same octets whoever wrote it.
 */
const LENGTHS = 6;
const PREFIX = LENGTHS * 4;
/** A batch holds 24 MiB of entries; what claims more than this is no frame. */
const LARGEST_FRAME = 2 ** 31;

const view = (array: Uint8Array | Uint32Array): Buffer => Buffer.from(array.buffer, array.byteOffset, array.byteLength);

/** The pieces of one frame, in order. */
export function encodeFrame(output: BatchOutput): Buffer[] {
  const { records, ends, textSlots, textOffsets, text, ...rest } = output;
  const head = Buffer.from(JSON.stringify(rest));
  const bodies = [head, ...[records, ends, textSlots, textOffsets, text].map(view)];
  const prefix = Buffer.alloc(PREFIX);
  for (const [place, body] of bodies.entries()) prefix.writeUInt32LE(body.length, place * 4);
  return [prefix, ...bodies];
}

const numbers = z.record(z.string(), z.number());
const tallySchema = z.strictObject(
  Object.fromEntries(
    Object.entries(emptyTally()).map(([name, value]) => [
      name,
      typeof value === 'number' ? z.number() : Array.isArray(value) ? z.array(z.looseObject({})) : numbers,
    ]),
  ),
);
const column = z.union([z.string(), z.number(), z.null()]);
const key = <T extends z.ZodType>(of: T) =>
  z.array(z.strictObject({ key: of, record: z.number(), more: z.array(column).exactOptional() }));
const headSchema = z.strictObject({
  ids: z.array(z.string()),
  messageIds: key(z.string()),
  digests: key(z.string()),
  uids: key(z.string()),
  threads: key(z.array(z.number())),
  tally: tallySchema,
  issues: z.array(z.looseObject({ id: z.string(), entry: z.string() })),
  findings: z.array(z.looseObject({ check: z.string() })),
  nextEntry: z.number(),
});

type Head = Omit<BatchOutput, 'records' | 'ends' | 'textSlots' | 'textOffsets' | 'text'>;

/** The schema is of our own writing's shape: what passes it was written by `encodeFrame`, its digest says by which run. */
function isHead(value: unknown): value is Head {
  return headSchema.safeParse(value).success;
}

const broken = (location: string) =>
  new MailproofError('MANIFEST_INVALID', `${location} does not hold whole frames.`, {
    advice: 'Run the shard again.',
  });

/** A buffer of its own, aligned for 32-bit views and fit to be transferred. */
const own = (octets: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(octets);
const words = (octets: Uint8Array): Uint32Array<ArrayBuffer> => new Uint32Array(own(octets).buffer);

function decode(frame: Buffer, lengths: readonly number[], location: string): BatchOutput {
  const parts: Buffer[] = [];
  let at = 0;
  for (const length of lengths) {
    parts.push(frame.subarray(at, at + length));
    at += length;
  }
  const [head, records, ends, slots, offsets, text] = parts;
  if (!head || !records || !ends || !slots || !offsets || !text) throw broken(location);
  let value: unknown;
  try {
    value = JSON.parse(head.toString());
  } catch {
    throw broken(location);
  }
  if (!isHead(value) || [ends, slots, offsets].some(({ length }) => length !== 4 * value.ids.length))
    throw broken(location);
  return {
    ...value,
    records: own(records),
    ends: words(ends),
    textSlots: words(slots),
    textOffsets: words(offsets),
    text: own(text),
  };
}

/** Reads the frames of a file in order; `onRaw` sees every octet once. Throws MANIFEST_INVALID. Holds one frame. */
export async function* readFrames(
  source: ByteSource,
  onRaw: (chunk: Uint8Array) => void,
  signal?: AbortSignal,
): AsyncGenerator<BatchOutput> {
  const { location } = source.identity;
  let held: Uint8Array[] = [];
  let octets = 0;
  const take = (count: number): Buffer => {
    const whole = held.length === 1 && held[0] !== undefined ? view(held[0]) : Buffer.concat(held, octets);
    held = octets > count ? [whole.subarray(count)] : [];
    octets -= count;
    return whole.subarray(0, count);
  };
  let lengths: number[] | null = null;
  let wanted = PREFIX;
  for await (const chunk of source.read(0, source.size, signal)) {
    onRaw(chunk);
    held.push(chunk);
    octets += chunk.length;
    while (octets >= wanted) {
      if (lengths !== null) {
        yield decode(take(wanted), lengths, location);
        lengths = null;
        wanted = PREFIX;
        continue;
      }
      const prefix = take(PREFIX);
      lengths = Array.from({ length: LENGTHS }, (_, place) => prefix.readUInt32LE(place * 4));
      wanted = lengths.reduce((sum, length) => sum + length, 0);
      if (wanted > LARGEST_FRAME) throw broken(location);
    }
  }
  if (octets > 0 || lengths !== null) throw broken(location);
}
