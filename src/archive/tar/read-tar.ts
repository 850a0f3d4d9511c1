import { Buffer } from 'node:buffer';
import { type ArchivePiece, type Issue, issue } from '../../model/index.ts';
import { LIMITS } from '../limits.ts';
import { isZero } from '../octets.ts';
import type { OctetFeed } from '../sequential/octet-feed.ts';
import type { SequentialReport } from '../sequential/open-sequential.ts';
import { type PieceBuilder, streamEntry } from '../sequential/piece-builder.ts';
import type { PlacedEntry } from '../sequential/placed-entry.ts';
import { unsafeName } from '../zip/name.ts';
import { type Extensions, gnuPath, NO_EXTENSIONS, paxExtensions, utc } from './extensions.ts';
import { BLOCK, isTarHeader, padded, readTarHeader, type TarHeader } from './tar-header.ts';

/** Extended headers above this are no headers. */
const LONGEST_EXTENSION = 1024 * 1024;

/** Reads a tar forward. Its end is two blocks of zeros: without them it was cut off, be it between two entries. */
export async function* readTar(
  feed: OctetFeed,
  builder: PieceBuilder,
  report: SequentialReport,
): AsyncGenerator<ArchivePiece> {
  const state = new TarState(feed, builder, report);
  for (;;) {
    const block = (await feed.peek(BLOCK)).subarray(0, BLOCK);
    if (block.length < BLOCK) {
      yield* state.end(block.length);
      return;
    }
    if (isZero(block)) {
      await state.zeros();
      continue;
    }
    state.afterZeros();
    yield* isTarHeader(block) ? state.member(readTarHeader(block)) : state.damaged(readTarHeader(block));
  }
}

class TarState {
  private readonly feed: OctetFeed;
  private readonly builder: PieceBuilder;
  private readonly report: SequentialReport;
  private ordinal = 0;
  /** Zero blocks seen since the last entry. */
  private zeroBlocks = 0;
  private global: Extensions = NO_EXTENSIONS;
  private extensions: Extensions = NO_EXTENSIONS;
  /** Headers before the entry they belong to. */
  private pending: Buffer[] = [];
  private pendingStart = 0;

  constructor(feed: OctetFeed, builder: PieceBuilder, report: SequentialReport) {
    this.feed = feed;
    this.builder = builder;
    this.report = report;
  }

  async zeros(): Promise<void> {
    this.orphaned();
    await this.feed.take(BLOCK);
    this.zeroBlocks += 1;
    this.report.directory += BLOCK;
  }

  /** Something that is not zeros after zeros: tars written one after the other, or an end marker out of nowhere. */
  afterZeros(): void {
    if (this.zeroBlocks > 0) this.wrong('archive-damaged', 'Something follows the zeros that end the tar.');
    this.zeroBlocks = 0;
  }

  async *end(left: number): AsyncGenerator<ArchivePiece> {
    yield* this.flushed();
    if (!this.orphaned() && (this.zeroBlocks < 2 || left > 0))
      this.wrong('archive-truncated', 'The tar does not end with two blocks of zeros: it was cut off.');
  }

  /** Headers that speak of an entry after which nothing comes. */
  private orphaned(): boolean {
    if (this.pending.length === 0) return false;
    const end = this.feed.position;
    this.report.gaps.push({ start: this.pendingStart, end, reason: 'headers of an entry that is missing' });
    this.wrong('archive-truncated', 'The tar breaks off before the entry its last header speaks of.');
    this.pending = [];
    this.extensions = NO_EXTENSIONS;
    return true;
  }

  async *member(header: TarHeader): AsyncGenerator<ArchivePiece> {
    if (this.pending.length === 0) this.pendingStart = this.feed.position;
    if (['x', 'g', 'L', 'K'].includes(header.type) && header.size <= LONGEST_EXTENSION) {
      await this.extension(header);
      return;
    }
    this.pending.push(Buffer.from(await this.feed.take(BLOCK)));
    yield* this.entry(header, []);
  }

  private async extension(header: TarHeader): Promise<void> {
    const octets = Buffer.from(await this.feed.take(BLOCK + padded(header.size)));
    this.pending.push(octets);
    const content = octets.subarray(BLOCK, BLOCK + header.size);
    if (header.type === 'L') {
      this.extensions = { ...this.extensions, path: gnuPath(content) };
    } else if (header.type === 'x') this.extensions = paxExtensions(content, this.extensions);
    else if (header.type === 'g') this.global = paxExtensions(content, this.global);
    if (content.length < header.size || header.malformed) this.extensions = { ...this.extensions, malformed: true };
  }

  /** The entry whose header was just taken; its data follows. */
  private async *entry(header: TarHeader, problems: readonly Issue[]): AsyncGenerator<ArchivePiece> {
    const { global, extensions: own } = this;
    const path = own.path ?? global.path ?? header.path;
    const size = own.size ?? global.size ?? header.size;
    const issues = [...problems, ...unsafeName(path)];
    if (path.includes('\ufffd')) issues.push(issue('NAME_UNDECODABLE', 'The name is not UTF-8.'));
    if (header.malformed || own.malformed || global.malformed)
      issues.push(issue('EXTRA_FIELD_MALFORMED', 'A header or extended header of the entry cannot be read.'));
    const readable = !own.sparse && (['0', '7'].includes(header.type) || header.type === '5');
    if (!readable)
      issues.push(
        issue('ENTRY_TYPE_UNSUPPORTED', `The entry is of type ${own.sparse ? 'sparse' : header.type}, not a file.`),
      );
    const hasData = !['1', '2', '3', '4', '5', '6'].includes(header.type);
    const length = hasData ? size : 0;
    const framing = Buffer.concat(this.pending);
    const dataStart = this.pendingStart + framing.length;
    const modified = own.modified ?? global.modified ?? header.modified;
    const entry: PlacedEntry = {
      ordinal: this.ordinal,
      path,
      directory: header.type === '5',
      offset: this.pendingStart,
      end: dataStart + padded(length),
      method: 'stored',
      storedSize: length,
      size: length,
      crc32: null,
      modified: utc(modified),
      issues,
      dataStart,
      dataEnd: dataStart + length,
      readable,
      quoted: false,
    };
    this.ordinal += 1;
    this.pending = [];
    this.extensions = NO_EXTENSIONS;
    yield* length > this.builder.limits.largeEntryBytes ? this.large(entry, framing) : this.small(entry, framing);
  }

  private async *small(entry: PlacedEntry, framing: Buffer): AsyncGenerator<ArchivePiece> {
    const length = entry.dataEnd - entry.dataStart;
    const data = await this.feed.take(entry.end - entry.dataStart);
    const there = Math.min(length, data.length);
    const issues = [...entry.issues];
    if (there < length) issues.push(issue('ENTRY_TRUNCATED', `${there} of ${length} octets are there.`));
    else if (!isZero(data.subarray(length)))
      issues.push(issue('GAP_UNEXPLAINED', 'The padding behind the entry is not zeros.'));
    const dataEnd = entry.dataStart + there;
    const whole = { ...entry, issues, dataEnd, end: entry.dataStart + data.length };
    const piece = this.builder.add(whole, Buffer.concat([framing, data]));
    if (piece !== null) yield piece;
  }

  private async *large(entry: PlacedEntry, framing: Buffer): AsyncGenerator<ArchivePiece> {
    yield* this.flushed();
    const stream = streamEntry(entry, this.feed, LIMITS.chunkBytes);
    if (framing.length > 0 && this.builder.wants(entry.ordinal)) yield { kind: 'stream', stream };
    await stream.finish();
  }

  /**
   * A block that should be a header and is none. Everything up to the next good header belongs to it, its size included,
   * for the size may be what is damaged.
   */
  async *damaged(header: TarHeader): AsyncGenerator<ArchivePiece> {
    const start = this.feed.position;
    if (this.pending.length === 0) this.pendingStart = start;
    const blocks: Buffer[] = [Buffer.from(await this.feed.take(BLOCK))];
    let length = BLOCK;
    let overflow = 0;
    for (;;) {
      const block = (await this.feed.peek(BLOCK)).subarray(0, BLOCK);
      if (block.length === 0 || isTarHeader(block) || (isZero(block) && (await this.onlyZeros()))) break;
      const taken = await this.feed.take(block.length);
      if (length + taken.length > this.builder.limits.largeEntryBytes) overflow += taken.length;
      else {
        blocks.push(Buffer.from(taken));
        length += taken.length;
      }
    }
    this.wrong('archive-damaged', 'A header of the tar is damaged.', [start, this.feed.position]);
    const span = length - BLOCK;
    const end = this.pendingStart + Buffer.concat(this.pending).length + length;
    const size = this.extensions.size ?? header.size;
    const fits = !header.malformed && padded(size) === span && overflow === 0;
    const issues = [issue('HEADER_CHECKSUM_MISMATCH', "The header's checksum is wrong.")];
    if (!fits)
      issues.push(
        issue('SIZE_MISMATCH', `${size} octets are declared; ${span + overflow} follow up to the next header.`),
      );
    const framing = Buffer.concat([...this.pending, ...blocks]);
    const dataStart = end - span;
    const entry: PlacedEntry = {
      ordinal: this.ordinal,
      path: this.extensions.path ?? header.path,
      directory: false,
      offset: this.pendingStart,
      end,
      method: 'stored',
      storedSize: size,
      size,
      crc32: null,
      modified: utc(header.modified),
      issues,
      dataStart,
      dataEnd: fits ? dataStart + size : end,
      readable: span > 0,
      quoted: false,
    };
    this.ordinal += 1;
    this.pending = [];
    this.extensions = NO_EXTENSIONS;
    if (overflow > 0) this.report.gaps.push({ start: end, end: end + overflow, reason: 'behind a damaged header' });
    const piece = this.builder.add(entry, framing);
    if (piece !== null) yield piece;
  }

  /** Whether two blocks of zeros follow: data may hold one, and then goes on. */
  private async onlyZeros(): Promise<boolean> {
    return isZero((await this.feed.peek(2 * BLOCK)).subarray(0, 2 * BLOCK));
  }

  private *flushed(): Generator<ArchivePiece> {
    const piece = this.builder.flush();
    if (piece !== null) yield piece;
  }

  private wrong(check: string, message: string, range?: readonly [number, number]): void {
    const at = this.feed.position;
    this.report.findings.push({ check, severity: 'error', message, range: range ?? [at, at] });
  }
}
