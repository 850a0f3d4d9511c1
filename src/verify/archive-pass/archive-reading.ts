import { type Archive, openArchive } from '../../archive/index.ts';
import type { Root } from '../../manifest/index.ts';
import { inOrder } from '../../model/in-order.ts';
import { type ByteSource, type Finding, MailproofError, type Progress } from '../../model/index.ts';
import { type BatchDigester, digestStream, type EntryDigest } from './entry-digest.ts';
import type { PassState } from './kept-progress.ts';
import { EVERY_ENTRY, type WantedEntries } from './sample.ts';
import { type DigestsWanted, type WholeDigests, WholeHasher, type WholeHashing } from './whole-digests.ts';

/** What a second reading of the archive gave. Complete once `entries` has ended. */
export interface ArchiveReading {
  readonly format: string;
  /** What the archive's reader found this time. */
  readonly findings: readonly Finding[];
  /** Hashes of the whole archive; null where it was not read from end to end. */
  readonly digests: WholeDigests | null;
  /** Octets of the archive that were read, its directory aside. */
  readonly octetsRead: number;
  /** Entries whose octets were expanded and hashed, those of an earlier, interrupted reading too. */
  readonly entriesRead: number;
  readonly entriesSkipped: number;
  /** The entry at which an earlier, interrupted reading was gone on with; null where none was. */
  readonly resumedAt: number | null;
  /** Why the archive could not be read, or not to its end. */
  readonly failure: MailproofError | null;
}

/** Errors that say something of the archive; all others (access, network, cancellation) end the verification. */
const ABOUT_THE_ARCHIVE: ReadonlySet<string> = new Set([
  'SOURCE_CHANGED',
  'SOURCE_TRUNCATED',
  'FORMAT_UNKNOWN',
  'ARCHIVE_TRUNCATED',
  'ARCHIVE_DAMAGED',
  'ARCHIVE_EMPTY',
]);

export interface ArchivePassOptions {
  readonly source: ByteSource;
  readonly digester: BatchDigester;
  readonly wanted: WantedEntries;
  /** What the manifest says of the archive: only of that archive may anything be left unread. */
  readonly root: Pick<Root, 'archive' | 'counts'>;
  /** Whether to read the wanted entries only, where the archive allows it. */
  readonly sparing: boolean;
  readonly from: PassState | null;
  readonly digests: DigestsWanted;
  readonly progress: (progress: Progress) => void;
  readonly signal: AbortSignal | undefined;
}

/** What became of a piece: the wanted entries' digests, and how many others it holds. */
interface Output {
  readonly entries: readonly EntryDigest[];
  readonly skipped: number;
}

/**
 * Reads the archive again from its first octet to its last: hashes the whole and every wanted entry. Nothing is parsed,
 * so that this costs little more than reading, expanding and hashing. A sparing pass fetches what is wanted only; the
 * whole's hashes are not to be had then.
 */
export class ArchivePass implements ArchiveReading {
  readonly #options: ArchivePassOptions;
  readonly #hashes: WholeHashing;
  readonly #from: number;
  format = '';
  findings: readonly Finding[] = [];
  digests: WholeDigests | null = null;
  entriesRead: number;
  entriesSkipped: number;
  failure: MailproofError | null = null;
  #archive: Archive | null = null;
  #nextEntry: number;

  constructor(options: ArchivePassOptions) {
    this.#options = options;
    this.#hashes = options.digester.wholeHashing?.(options.digests) ?? new WholeHasher(options.digests);
    this.#from = options.from?.nextEntry ?? 0;
    this.#nextEntry = this.#from;
    this.entriesRead = options.from?.entriesRead ?? 0;
    this.entriesSkipped = options.from?.entriesSkipped ?? 0;
  }

  get octetsRead(): number {
    return this.#hashes.size;
  }

  get resumedAt(): number | null {
    return this.#options.from === null ? null : this.#from;
  }

  /**
   * How far the reading is, between two batches. Null where it cannot be gone on with: an archive that is not the one that
   * was processed, or is damaged, is read again as a whole.
   */
  get state(): PassState | null {
    if (this.#archive === null || !this.#asProcessed(this.#archive)) return null;
    return { nextEntry: this.#nextEntry, entriesRead: this.entriesRead, entriesSkipped: this.entriesSkipped };
  }

  /** The entries in the archive's order, in batches; unwanted ones are left out. */
  async *entries(): AsyncGenerator<readonly EntryDigest[]> {
    try {
      yield* this.#read();
    } catch (error) {
      if (!(error instanceof MailproofError) || !ABOUT_THE_ARCHIVE.has(error.code)) throw error;
      this.failure = error;
    }
  }

  /** Whether this is, as far as its size and directory tell, the sound archive the manifest was made from. */
  #asProcessed({ salvaged, declaredEntries, findings }: Archive): boolean {
    const { source, root } = this.#options;
    if (salvaged || root.archive.salvaged || source.size !== root.archive.size) return false;
    if (findings.some(({ severity }) => severity === 'error')) return false;
    return declaredEntries === null || declaredEntries === root.counts.entries;
  }

  async *#read(): AsyncGenerator<readonly EntryDigest[]> {
    const { source, digester, wanted, root, sparing, progress, signal } = this.#options;
    const { room } = digester;
    const from = this.#from;
    const given = signal === undefined ? {} : { signal };
    const archive = await openArchive(source, given);
    this.#archive = archive;
    this.format = archive.format;
    const isWanted: WantedEntries = (ordinal) => ordinal >= from && wanted(ordinal);
    const spared = sparing && this.#asProcessed(archive);
    const pieces = archive.pieces({
      // Nothing is made of the octets but digests: fewer, larger batches spare this thread's time.
      batchBytes: 4 * 1024 * 1024,
      ...given,
      ...(spared && (wanted === EVERY_ENTRY ? { skipTo: from } : { wanted: isWanted })),
      onRaw: (chunk) => this.#hashes.update(chunk),
      ...(room !== undefined && { room: (length: number) => room.take(length) }),
    });
    const outputs = inOrder(
      pieces,
      // Twice as many as can be worked on: the records are read in this thread meanwhile, and workers must not wait.
      digester.size * 2 + 1,
      async (piece): Promise<Output> => {
        const all = piece.kind === 'stream' ? [piece.stream.entry] : piece.batch.entries;
        // A batch's octets are also the archive's: both must have read them before others take their place.
        const hashed = this.#hashes.settled();
        const entries = all.filter(({ ordinal }) => isWanted(ordinal));
        const skipped = all.filter(({ ordinal }) => ordinal >= from && !wanted(ordinal)).length;
        if (entries.length === 0) return { entries: [], skipped };
        if (piece.kind === 'stream') return { entries: await digestStream(piece.stream), skipped };
        const [digests] = await Promise.all([digester.digest(archive.format, { ...piece.batch, entries }), hashed]);
        room?.give(piece.batch.bytes);
        return { entries: digests, skipped };
      },
      (piece) => piece.kind === 'stream',
    );
    for await (const { entries, skipped } of outputs) {
      this.entriesRead += entries.length;
      this.entriesSkipped += skipped;
      this.#nextEntry = (entries.at(-1)?.ordinal ?? this.#nextEntry - 1) + 1;
      yield entries;
      progress({
        phase: 'verify',
        bytes: this.octetsRead,
        totalBytes: spared ? null : source.size,
        entries: this.entriesRead + this.entriesSkipped,
        totalEntries: archive.declaredEntries,
        records: 0,
        issues: 0,
      });
    }
    this.findings = archive.findings;
    if ((archive.skippedBytes ?? 0) === 0) this.digests = await this.#hashes.finish();
    // What was not fetched was not counted either: the directory has as many entries as the manifest.
    else this.entriesSkipped = root.counts.entries - this.entriesRead;
  }
}
