import type { Buffer } from 'node:buffer';
import { type ByteSource, type Finding, MailproofError } from '../model/index.ts';
import type { Archive, OpenOptions } from './archive.ts';
import { isCollectionSource } from './collection/collection-source.ts';
import { openCollection } from './collection/open-collection.ts';
import { readMbox } from './mbox/read-mbox.ts';
import { asBuffer } from './octets.ts';
import { gunzip } from './sequential/gunzip.ts';
import { OctetFeed } from './sequential/octet-feed.ts';
import { type Expansion, openSequential } from './sequential/open-sequential.ts';
import { canExpandZstd, unzstd } from './sequential/unzstd.ts';
import { readSingle } from './single/read-single.ts';
import { type SniffedFormat, sniff } from './sniff.ts';
import { readTar } from './tar/read-tar.ts';
import { isTarHeader } from './tar/tar-header.ts';
import { readDirectoryEnd } from './zip/end-of-directory.ts';
import { isPlausibleHeader } from './zip/local-header.ts';
import { openZip } from './zip/open-zip.ts';
import { CENTRAL_RECORD, LOCAL_HEADER_OCTETS, LOCAL_HEADER_SIZE } from './zip/signatures.ts';

/** Octets looked at to see what an archive is. */
const HEAD_BYTES = 64 * 1024;

/**
 * Opens an archive by what it holds, never by its name. Throws ARCHIVE_EMPTY for nothing at all, FORMAT_UNKNOWN for what
 * is none of the formats. Damage throws nothing: it is in the findings and in the entries' issues.
 */
export async function openArchive(source: ByteSource, options: OpenOptions = {}): Promise<Archive> {
  const { signal } = options;
  if (isCollectionSource(source)) return openCollection(source);
  if (source.size === 0)
    throw new MailproofError('ARCHIVE_EMPTY', `${source.identity.location} has no octets.`, {
      advice: 'Check that the export job was completed, and fetch the archive again.',
    });
  const head = asBuffer(await source.bytes(0, Math.min(source.size, HEAD_BYTES), signal));
  const name = options.name ?? baseName(source.identity.location);
  const sniffed = sniff(head);
  const format = sniffed === 'single' ? ((await beheaded(source, head, signal)) ?? sniffed) : sniffed;
  if (format === 'zip') return openZip(source, signal);
  if (format === 'zstd' && !canExpandZstd())
    throw new MailproofError('FORMAT_UNKNOWN', `${source.identity.location} is compressed with Zstandard.`, {
      advice: 'Run Mailproof with Node.js 22.15 or later, which can expand it, or expand it first with zstd -d.',
    });
  if (format === 'gzip' || format === 'zstd') {
    const expand = EXPANSIONS[format];
    const findings: Finding[] = [];
    const inner = sniff(await firstExpanded(source, expand, findings, signal));
    if (inner !== null && inner !== 'zip' && inner !== 'gzip' && inner !== 'zstd')
      return openForward(source, inner, expand, name.replace(/\.(?:gz|zst)$/i, ''));
    const wrong = findings.map(({ message }) => ` ${message}`).join('');
    throw unknown(source, inner === null ? `${format} of nothing that is read.${wrong}` : `${inner} within ${format}.`);
  }
  if (format !== null) return openForward(source, format, null, name);
  if ((await readDirectoryEnd(source, signal)) !== null || holdsHeader(head)) return openZip(source, signal);
  throw unknown(source, 'none of the formats that are read.');
}

/**
 * What seems a single message, and is an archive whose first octets are gone up to a message stored in it: a zip's end
 * speaks of more octets before the directory than there are; a tar's headers stand further on. Without this one message
 * would swallow all others.
 */
async function beheaded(
  source: ByteSource,
  head: Buffer,
  signal: AbortSignal | undefined,
): Promise<'zip' | 'tar' | null> {
  for (let at = head.indexOf('ustar', 257); at >= 0; at = head.indexOf('ustar', at + 1))
    if (isTarHeader(head.subarray(at - 257, at + 255))) return 'tar';
  const end = await readDirectoryEnd(source, signal);
  if (end === null || end.directorySize === 0) return null;
  const start = end.directoryEnd - end.directorySize;
  if (start < 0 || start >= end.declaredOffset) return null;
  const octets = asBuffer(await source.bytes(start, start + 4, signal));
  return octets.readUInt32LE(0) === CENTRAL_RECORD ? 'zip' : null;
}

/** What a source holds by its first octets or its end, without opening it: null for none of the formats. */
export async function recognizedFormat(source: ByteSource, signal?: AbortSignal): Promise<string | null> {
  const head = asBuffer(await source.bytes(0, Math.min(source.size, HEAD_BYTES), signal));
  return sniff(head) ?? ((await readDirectoryEnd(source, signal)) === null ? null : 'zip');
}

const EXPANSIONS = { gzip: gunzip, zstd: unzstd } satisfies Readonly<Record<'gzip' | 'zstd', Expansion>>;

function openForward(
  source: ByteSource,
  format: Exclude<SniffedFormat, 'zip' | 'gzip' | 'zstd'>,
  expand: Expansion | null,
  name: string,
): Archive {
  if (format === 'tar') {
    const compressed = expand === gunzip ? 'tar.gz' : 'tar.zst';
    return openSequential(source, expand === null ? 'tar' : compressed, expand, readTar);
  }
  if (format === 'mbox')
    return openSequential(source, 'mbox', expand, (feed, builder, report) => readMbox(feed, builder, report, name));
  return openSequential(source, 'single', expand, (feed, builder) => readSingle(feed, builder, name));
}

/** The first octets of what gzip or Zstandard holds. */
async function firstExpanded(
  source: ByteSource,
  expand: Expansion,
  findings: Finding[],
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const feed = new OctetFeed(expand(source.read(0, source.size, signal), { findings }));
  try {
    return await feed.peek(4096);
  } finally {
    await feed.close();
  }
}

function unknown(source: ByteSource, what: string): MailproofError {
  return new MailproofError('FORMAT_UNKNOWN', `${source.identity.location} is ${what}`, {
    advice: 'Give a zip, tar, tar.gz, tar.zst or mbox, or a single message or calendar.',
  });
}

/** A zip of which the beginning and the end are gone. */
function holdsHeader(head: Buffer): boolean {
  for (let at = head.indexOf(LOCAL_HEADER_OCTETS); at >= 0; at = head.indexOf(LOCAL_HEADER_OCTETS, at + 4))
    if (isPlausibleHeader(head, at)) return true;
  return head.length < LOCAL_HEADER_SIZE && head.subarray(0, 4).equals(LOCAL_HEADER_OCTETS);
}

function baseName(location: string): string {
  return location.slice(Math.max(location.lastIndexOf('/'), location.lastIndexOf('\\')) + 1);
}
