import { type Archive, openArchive, readBatch } from '../archive/index.ts';
import { type ArchivePiece, type ByteSource, type EntryStream, MailproofError } from '../model/index.ts';
import { HELD_OCTETS } from './family-documents.ts';

/** Walks an archive once, forward, and expands only the entries that are asked for. */
export class ArchiveCursor {
  readonly #archive: Archive;
  readonly #pieces: AsyncIterator<ArchivePiece>;
  readonly #stop: () => Promise<void>;
  #piece: ArchivePiece | null = null;
  #place = 0;

  private constructor(archive: Archive, from: number, signal?: AbortSignal) {
    this.#archive = archive;
    const pieces = archive.pieces({ fromEntry: from, ...(signal !== undefined && { signal }) })[Symbol.asyncIterator]();
    this.#pieces = pieces;
    this.#stop = async () => {
      await pieces.return?.();
    };
  }

  static async open(source: ByteSource, from: number, signal?: AbortSignal): Promise<ArchiveCursor> {
    return new ArchiveCursor(await openArchive(source, signal === undefined ? {} : { signal }), from, signal);
  }

  /** The octets of an entry; null where there are none. Ordinals are asked for in rising order. */
  async octets(ordinal: number): Promise<Uint8Array | null> {
    for (;;) {
      const piece = this.#piece;
      const last = piece === null ? -1 : lastOrdinal(piece);
      if (piece !== null && last >= ordinal) return this.#within(piece, ordinal);
      const next = await this.#pieces.next();
      if (next.done === true) return null;
      this.#piece = next.value;
      this.#place = 0;
    }
  }

  async #within(piece: ArchivePiece, ordinal: number): Promise<Uint8Array | null> {
    if (piece.kind === 'stream') return piece.stream.entry.ordinal === ordinal ? gather(piece.stream) : null;
    const { entries } = piece.batch;
    // Ordinals rise: an entry is looked for behind the last one, or a batch of thousands would be gone through for each.
    while (this.#place < entries.length && (entries[this.#place]?.ordinal ?? 0) < ordinal) this.#place++;
    const entry = entries[this.#place];
    if (entry?.ordinal !== ordinal) return null;
    for (const read of readBatch(this.#archive.format, { ...piece.batch, entries: [entry] })) return read.bytes;
    return null;
  }

  async close(): Promise<void> {
    await this.#stop();
  }
}

const lastOrdinal = (piece: ArchivePiece): number =>
  piece.kind === 'stream' ? piece.stream.entry.ordinal : (piece.batch.entries.at(-1)?.ordinal ?? -1);

/** A large entry's octets in one array. Throws LIMIT_EXCEEDED beyond `HELD_OCTETS`. */
async function gather(stream: EntryStream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream.chunks) {
    size += chunk.length;
    if (size > HELD_OCTETS) {
      throw new MailproofError('LIMIT_EXCEEDED', `${stream.entry.path} is longer than ${HELD_OCTETS} octets.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
