import type { Descriptor, Finding, Sink } from '../model/index.ts';
import { type BatchOutput, type KeyOfRecord, NO_TEXT } from './batch-output.ts';
import { compareRows, type IndexRow, rowLine } from './index-rows.ts';
import { checkpointPath, MEDIA_TYPES, runPath, shardIndexPath, shardPath, textPath } from './layout.ts';
import { addTally, emptyTally, type Tally } from './tally.ts';

/** A shard is closed when the next batch would pass one of these. They are part of the format: the same in every run. */
export const SHARD_LIMITS: ShardLimits = {
  records: 10_000,
  recordOctets: 8 * 1024 * 1024,
  textOctets: 8 * 1024 * 1024,
};

export interface ShardLimits {
  readonly records: number;
  /** Octets of JSON lines. */
  readonly recordOctets: number;
  /** Octets of extracted text. */
  readonly textOctets: number;
}

/** A finished shard, as the root lists it. */
export interface ShardEntry {
  readonly records: Descriptor;
  readonly index: Descriptor;
  readonly text: Descriptor | null;
  readonly count: number;
  readonly firstId: string;
  readonly lastId: string;
}

/** What is kept of a finished shard so that an interrupted run goes on after it. */
export interface Checkpoint {
  readonly shard: ShardEntry;
  readonly tally: Tally;
  readonly findings: readonly Finding[];
  readonly nextEntry: number;
}

interface Open {
  pieces: Buffer[];
  octets: number;
  texts: Uint8Array[];
  textOctets: number;
  /** `[id, offset, length]` of each record. */
  places: [string, number, number][];
  messageIds: IndexRow[];
  digests: IndexRow[];
  uids: IndexRow[];
  threads: string[];
  tally: Tally;
  findings: Finding[];
  nextEntry: number;
}

const opened = (): Open => ({
  pieces: [],
  octets: 0,
  texts: [],
  textOctets: 0,
  places: [],
  messageIds: [],
  digests: [],
  uids: [],
  threads: [],
  tally: emptyTally(),
  findings: [],
  nextEntry: 0,
});

/** Joins batches to shards in entry order and writes each when it is full: its checkpoint last, so that it counts. */
export class ShardWriter {
  readonly #sink: Sink;
  readonly #signal: AbortSignal | undefined;
  readonly #limits: ShardLimits;
  #next: number;
  #open: Open = opened();
  #writing: Promise<void> = Promise.resolve();
  readonly #done: (checkpoint: Checkpoint) => void;

  constructor(options: {
    readonly sink: Sink;
    readonly firstShard: number;
    readonly limits: ShardLimits;
    readonly done: (checkpoint: Checkpoint) => void;
    readonly signal: AbortSignal | undefined;
  }) {
    this.#sink = options.sink;
    this.#next = options.firstShard;
    this.#limits = options.limits;
    this.#done = options.done;
    this.#signal = options.signal;
  }

  async add(output: BatchOutput): Promise<void> {
    const open = this.#open;
    const limits = this.#limits;
    const full =
      open.places.length + output.ids.length > limits.records ||
      open.octets + output.records.length > limits.recordOctets ||
      open.textOctets + output.text.length > limits.textOctets;
    if (full && open.places.length > 0) await this.#flush();
    this.#append(output);
  }

  async close(): Promise<void> {
    if (this.#open.places.length > 0) await this.#flush();
    await this.#writing;
  }

  #append(output: BatchOutput): void {
    const open = this.#open;
    const shard = this.#next;
    const records = Buffer.from(output.records.buffer, output.records.byteOffset, output.records.byteLength);
    const rows: { id: string; offset: number; length: number }[] = [];
    let from = 0;
    for (const [place, id] of output.ids.entries()) {
      const offset = open.octets;
      const end = output.ends[place] ?? 0;
      const slot = output.textSlots[place] ?? NO_TEXT;
      if (slot === NO_TEXT) open.octets += end - from;
      else {
        const pointer = Buffer.from(
          `"path":"${textPath(shard)}","offset":${open.textOctets + (output.textOffsets[place] ?? 0)},`,
        );
        open.pieces.push(records.subarray(from, slot), pointer);
        open.octets += end - from + pointer.length;
        from = slot;
      }
      open.pieces.push(records.subarray(from, end));
      from = end;
      const length = open.octets - offset - 1;
      open.places.push([id, offset, length]);
      rows.push({ id, offset, length });
    }
    const row = <K>({ key, record, more }: KeyOfRecord<K>) => {
      const { id, offset, length } = rows[record] ?? { id: '', offset: 0, length: 0 };
      return more === undefined ? { key, id, shard, offset, length } : { key, id, shard, offset, length, more };
    };
    for (const key of output.messageIds) open.messageIds.push(row(key));
    for (const key of output.digests) open.digests.push(row(key));
    for (const key of output.uids) open.uids.push(row(key));
    for (const key of output.threads) {
      const { key: hashes, id, offset, length } = row(key);
      open.threads.push(`${JSON.stringify([hashes, id, shard, offset, length])}\n`);
    }
    if (output.text.length > 0) open.texts.push(output.text);
    open.textOctets += output.text.length;
    addTally(open.tally, output.tally);
    open.findings.push(...output.findings);
    open.nextEntry = output.nextEntry;
  }

  async #flush(): Promise<void> {
    // One shard is written while the next is filled; never two, or memory would follow the disk's slowness.
    await this.#writing;
    const open = this.#open;
    const shard = this.#next++;
    this.#open = opened();
    this.#writing = this.#write(shard, open);
    // The failure is thrown by whoever awaits next; until then it must not count as unhandled.
    this.#writing.catch(() => undefined);
  }

  async #put(path: string, mediaType: string, pieces: readonly Uint8Array[]): Promise<Descriptor> {
    async function* content() {
      yield* pieces;
    }
    const options = this.#signal === undefined ? { mediaType } : { mediaType, signal: this.#signal };
    const { size, digest } = await this.#sink.put(path, content(), options);
    return { mediaType, digest, size, annotations: { path } };
  }

  async #write(shard: number, open: Open): Promise<void> {
    const lines = (rows: IndexRow[]) => [Buffer.from(rows.sort(compareRows).map(rowLine).join(''))];
    const records = await this.#put(shardPath(shard), MEDIA_TYPES.shard, joined(open.pieces));
    const places = `{\n${open.places.map(([id, at, length]) => `${JSON.stringify(id)}:[${at},${length}]`).join(',\n')}\n}\n`;
    const index = await this.#put(shardIndexPath(shard), MEDIA_TYPES.shardIndex, [Buffer.from(places)]);
    const text = open.textOctets === 0 ? null : await this.#put(textPath(shard), MEDIA_TYPES.text, open.texts);
    await this.#put(runPath('message-id', shard), MEDIA_TYPES.index, lines(open.messageIds));
    await this.#put(runPath('digest', shard), MEDIA_TYPES.index, lines(open.digests));
    await this.#put(runPath('uid', shard), MEDIA_TYPES.index, lines(open.uids));
    await this.#put(runPath('thread', shard), MEDIA_TYPES.index, [Buffer.from(open.threads.join(''))]);
    const checkpoint: Checkpoint = {
      shard: {
        records,
        index,
        text,
        count: open.places.length,
        firstId: open.places[0]?.[0] ?? '',
        lastId: open.places.at(-1)?.[0] ?? '',
      },
      tally: open.tally,
      findings: open.findings,
      nextEntry: open.nextEntry,
    };
    await this.#put(checkpointPath(shard), MEDIA_TYPES.root, [Buffer.from(`${JSON.stringify(checkpoint)}\n`)]);
    this.#done(checkpoint);
  }
}

/** Small slices joined to chunks of about a mebibyte: a write each would cost more than the copy. */
function joined(pieces: readonly Buffer[]): Buffer[] {
  const chunks: Buffer[] = [];
  let held: Buffer[] = [];
  let octets = 0;
  for (const piece of pieces) {
    held.push(piece);
    octets += piece.length;
    if (octets < 1024 * 1024) continue;
    chunks.push(Buffer.concat(held, octets));
    held = [];
    octets = 0;
  }
  if (octets > 0) chunks.push(Buffer.concat(held, octets));
  return chunks;
}
