import { openArchive } from '../../archive/index.ts';
import { inOrder } from '../../model/in-order.ts';
import { type ByteSource, type Finding, MailproofError, type Progress } from '../../model/index.ts';
import { type BatchDigester, digestStream, type EntryDigest } from './entry-digest.ts';
import type { WantedEntries } from './sample.ts';
import { type DigestsWanted, type WholeDigests, WholeHasher } from './whole-digests.ts';

/** What a second reading of the archive gave. Complete once `entries` has ended. */
export interface ArchiveReading {
  readonly format: string;
  /** What the archive's reader found this time. */
  readonly findings: readonly Finding[];
  /** Hashes of the whole archive; null until it was read to its end. */
  readonly digests: WholeDigests | null;
  /** Entries whose octets were expanded and hashed. */
  readonly entriesRead: number;
  readonly entriesSkipped: number;
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
  readonly digests: DigestsWanted;
  readonly progress: (progress: Progress) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads the archive again from its first octet to its last: hashes the whole and every wanted entry. Nothing is parsed,
 * so that this costs little more than reading, expanding and hashing.
 */
export class ArchivePass implements ArchiveReading {
  readonly #options: ArchivePassOptions;
  format = '';
  findings: readonly Finding[] = [];
  digests: WholeDigests | null = null;
  entriesRead = 0;
  entriesSkipped = 0;
  failure: MailproofError | null = null;

  constructor(options: ArchivePassOptions) {
    this.#options = options;
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

  async *#read(): AsyncGenerator<readonly EntryDigest[]> {
    const { source, digester, wanted, progress, signal } = this.#options;
    const given = signal === undefined ? {} : { signal };
    const archive = await openArchive(source, given);
    this.format = archive.format;
    const hashes = new WholeHasher(this.#options.digests);
    const pieces = archive.pieces({
      ...given,
      onRaw: (chunk) => hashes.update(chunk),
    });
    const outputs = inOrder(
      pieces,
      // Twice as many as can be worked on: the records are read in this thread meanwhile, and workers must not wait.
      digester.size * 2 + 1,
      async (piece): Promise<readonly EntryDigest[]> => {
        if (piece.kind === 'stream') {
          if (wanted(piece.stream.entry.ordinal)) return digestStream(piece.stream);
          this.entriesSkipped++;
          return [];
        }
        const { batch } = piece;
        const entries = batch.entries.filter((entry) => wanted(entry.ordinal));
        this.entriesSkipped += batch.entries.length - entries.length;
        return entries.length === 0 ? [] : digester.digest(archive.format, { ...batch, entries });
      },
      (piece) => piece.kind === 'stream',
    );
    for await (const output of outputs) {
      this.entriesRead += output.length;
      yield output;
      progress({
        phase: 'verify',
        bytes: hashes.size,
        totalBytes: source.size,
        entries: this.entriesRead + this.entriesSkipped,
        totalEntries: archive.declaredEntries,
        records: 0,
        issues: 0,
      });
    }
    this.findings = archive.findings;
    this.digests = hashes.finish();
  }
}
