import type { ArchivePiece, ByteSource, Finding, Gap } from '../../model/index.ts';
import { type Archive, type ArchiveFormat, type PiecesOptions, readingLimits } from '../archive.ts';
import { OctetFeed } from './octet-feed.ts';
import { PieceBuilder } from './piece-builder.ts';

/** What a reader of one format tells beside the pieces. */
export interface SequentialReport {
  readonly findings: Finding[];
  readonly gaps: Gap[];
  /** Octets that end the archive. */
  directory: number;
}

/** Reads one format forward, from the feed's first octet to its last. */
export type SequentialReader = (
  feed: OctetFeed,
  builder: PieceBuilder,
  report: SequentialReport,
) => AsyncGenerator<ArchivePiece>;

/** Expands what an archive is compressed by; what is wrong with it becomes a finding. */
export type Expansion = (
  raw: AsyncIterable<Uint8Array>,
  report: { readonly findings: Finding[] },
) => AsyncGenerator<Uint8Array>;

/** Makes an archive of a format without directory, compressed where `expand` is given. */
export function openSequential(
  source: ByteSource,
  format: ArchiveFormat,
  expand: Expansion | null,
  read: SequentialReader,
): Archive {
  const report: SequentialReport = { findings: [], gaps: [], directory: 0 };
  let total = expand === null ? source.size : 0;
  return {
    format,
    declaredEntries: null,
    get totalBytes() {
      return total;
    },
    findings: report.findings,
    salvaged: false,
    async *pieces(options: PiecesOptions = {}) {
      report.findings.length = 0;
      report.gaps.length = 0;
      report.directory = 0;
      const raw = feedRaw(source, options);
      const feed = new OctetFeed(expand === null ? raw : expand(raw, { findings: report.findings }));
      try {
        yield* read(feed, new PieceBuilder(readingLimits(options), options.fromEntry ?? 0), report);
        const rest = await drain(feed);
        if (rest > 0) report.gaps.push({ start: feed.position - rest, end: feed.position, reason: 'after the end' });
        if (expand !== null) total = feed.position;
      } finally {
        await feed.close();
      }
    },
    account: () => ({ directory: report.directory, gaps: report.gaps }),
  };
}

async function drain(feed: OctetFeed): Promise<number> {
  const start = feed.position;
  for (;;) {
    const { length } = await feed.peek(1);
    if (length === 0) return feed.position - start;
    await feed.take(length);
  }
}

/** The source's octets, each of them told to `onRaw` as it goes by. */
async function* feedRaw(source: ByteSource, options: PiecesOptions): AsyncGenerator<Uint8Array> {
  for await (const chunk of source.read(0, source.size, options.signal)) {
    await options.onRaw?.(chunk);
    yield chunk;
  }
}
