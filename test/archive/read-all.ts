import type { PiecesOptions } from '../../src/archive/index.ts';
import { openArchive, readBatch } from '../../src/archive/index.ts';
import type { ByteSource, EntryBytes, Finding, Gap, IssueCode } from '../../src/model/index.ts';

export interface ReadResult {
  readonly path: string;
  readonly content: Buffer | null;
  readonly codes: readonly IssueCode[];
  readonly errors: readonly string[];
  readonly doubts: number;
  readonly used: EntryBytes;
  readonly ordinal: number;
  readonly modified: string | null;
  readonly streamed: boolean;
  readonly keywords: readonly string[];
}

export interface ReadArchive {
  readonly format: string;
  readonly entries: readonly ReadResult[];
  readonly findings: readonly Finding[];
  readonly errors: readonly string[];
  /** Findings and issues of severity warning or error. */
  readonly doubts: number;
  readonly raw: Buffer;
  readonly declared: number | null;
  readonly salvaged: boolean;
  readonly gaps: readonly Gap[];
  /** Octets no account mentions. */
  readonly unaccounted: number;
}

/** Reads an archive as the pipeline does, with a structured clone of every batch, and keeps everything. */
export async function readAll(source: ByteSource, options: PiecesOptions = {}): Promise<ReadArchive> {
  const archive = await openArchive(source);
  const raw: Buffer[] = [];
  const entries: ReadResult[] = [];
  const take = (read: ReadResult) => entries.push(read);
  for await (const piece of archive.pieces({ ...options, onRaw: (chunk) => raw.push(Buffer.from(chunk)) })) {
    if (piece.kind === 'batch') {
      const { buffer } = piece.batch.bytes;
      const batch = structuredClone(piece.batch, { transfer: buffer instanceof ArrayBuffer ? [buffer] : [] });
      for (const read of readBatch(archive.format, batch))
        take(result(read.entry, read.bytes, read.issues, read.used, false));
      continue;
    }
    const { stream } = piece;
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream.chunks) chunks.push(chunk);
    const { issues, used, size } = stream.outcome();
    if (size !== chunks.reduce((sum, chunk) => sum + chunk.length, 0))
      throw new Error('the outcome tells another size');
    take(result(stream.entry, Buffer.concat(chunks), issues, used, true));
  }
  const { directory, gaps } = archive.account();
  const errors = [
    ...archive.findings.filter((finding) => finding.severity === 'error').map((finding) => finding.check),
    ...entries.flatMap((entry) => entry.errors),
  ];
  const used = entries.reduce(
    (sum, { used: { header, data, descriptor, gap } }) => sum + header + data + descriptor + gap,
    0,
  );
  const lost = gaps.reduce((sum, gap) => sum + gap.end - gap.start, 0);
  return {
    format: archive.format,
    entries,
    findings: archive.findings,
    errors,
    doubts:
      archive.findings.filter((finding) => finding.severity !== 'info').length +
      entries.reduce((sum, entry) => sum + entry.doubts, 0),
    raw: Buffer.concat(raw),
    declared: archive.declaredEntries,
    salvaged: archive.salvaged,
    gaps,
    unaccounted: archive.totalBytes - used - lost - directory,
  };
}

function result(
  entry: { path: string; ordinal: number; modified: string | null; keywords?: readonly string[] },
  bytes: Uint8Array | null,
  issues: readonly { code: IssueCode; severity: string }[],
  used: EntryBytes,
  streamed: boolean,
): ReadResult {
  return {
    path: entry.path,
    ordinal: entry.ordinal,
    modified: entry.modified,
    keywords: entry.keywords ?? [],
    content: bytes === null ? null : Buffer.from(bytes),
    codes: issues.map((each) => each.code),
    errors: issues.filter((each) => each.severity === 'error').map((each) => each.code),
    doubts: issues.filter((each) => each.severity !== 'info').length,
    used,
    streamed,
  };
}
