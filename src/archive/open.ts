import type { Buffer } from 'node:buffer';
import { type ByteSource, MailproofError } from '../model/index.ts';
import type { Archive, OpenOptions } from './archive.ts';
import { isCollectionSource } from './collection/collection-source.ts';
import { openCollection } from './collection/open-collection.ts';
import { readMbox } from './mbox/read-mbox.ts';
import { asBuffer } from './octets.ts';
import { gunzip } from './sequential/gunzip.ts';
import { OctetFeed } from './sequential/octet-feed.ts';
import { openSequential } from './sequential/open-sequential.ts';
import { readSingle } from './single/read-single.ts';
import { type SniffedFormat, sniff } from './sniff.ts';
import { readTar } from './tar/read-tar.ts';
import { readDirectoryEnd } from './zip/end-of-directory.ts';
import { isPlausibleHeader } from './zip/local-header.ts';
import { openZip } from './zip/open-zip.ts';
import { LOCAL_HEADER_OCTETS, LOCAL_HEADER_SIZE } from './zip/signatures.ts';

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
  const format = sniff(head);
  if (format === 'zip') return openZip(source, signal);
  if (format === 'gzip') {
    const inner = sniff(await firstExpanded(source, signal));
    if (inner !== null && inner !== 'zip' && inner !== 'gzip') return openForward(source, inner, true, withoutGz(name));
    throw unknown(source, inner === null ? 'gzip of nothing that is read' : `${inner} within gzip`);
  }
  if (format !== null) return openForward(source, format, false, name);
  if ((await readDirectoryEnd(source, signal)) !== null || holdsHeader(head)) return openZip(source, signal);
  throw unknown(source, 'none of the formats that are read');
}

function openForward(
  source: ByteSource,
  format: Exclude<SniffedFormat, 'zip' | 'gzip'>,
  compressed: boolean,
  name: string,
): Archive {
  if (format === 'tar') return openSequential(source, compressed ? 'tar.gz' : 'tar', compressed, readTar);
  if (format === 'mbox')
    return openSequential(source, 'mbox', compressed, (feed, builder, report) => readMbox(feed, builder, report, name));
  return openSequential(source, 'single', compressed, (feed, builder) => readSingle(feed, builder, name));
}

/** The first octets of what gzip holds. */
async function firstExpanded(source: ByteSource, signal: AbortSignal | undefined): Promise<Buffer> {
  const feed = new OctetFeed(gunzip(source.read(0, source.size, signal), { findings: [] }));
  try {
    return await feed.peek(4096);
  } finally {
    await feed.close();
  }
}

function unknown(source: ByteSource, what: string): MailproofError {
  return new MailproofError('FORMAT_UNKNOWN', `${source.identity.location} is ${what}.`, {
    advice: 'Give a zip, tar, tar.gz or mbox, or a single message or calendar.',
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

function withoutGz(name: string): string {
  return name.replace(/\.gz$/i, '');
}
