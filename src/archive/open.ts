import type { Buffer } from 'node:buffer';
import { type ByteSource, MailproofError } from '../model/index.ts';
import type { Archive, OpenOptions } from './archive.ts';
import { asBuffer } from './octets.ts';
import { readDirectoryEnd } from './zip/end-of-directory.ts';
import { isPlausibleHeader } from './zip/local-header.ts';
import { openZip } from './zip/open-zip.ts';
import { LOCAL_HEADER_OCTETS } from './zip/signatures.ts';

/** Octets looked at to see what an archive is. */
const HEAD_BYTES = 64 * 1024;

/**
 * Opens an archive by what it holds, never by its name. Throws ARCHIVE_EMPTY for nothing at all, FORMAT_UNKNOWN for what
 * is none of the formats. Damage throws nothing: it is in the findings and in the entries' issues.
 */
export async function openArchive(source: ByteSource, options: OpenOptions = {}): Promise<Archive> {
  const { signal } = options;
  if (source.size === 0)
    throw new MailproofError('ARCHIVE_EMPTY', `${source.identity.location} has no octets.`, {
      advice: 'Check that the export job was completed, and fetch the archive again.',
    });
  const head = asBuffer(await source.bytes(0, Math.min(source.size, HEAD_BYTES), signal));
  if (isPlausibleHeader(head, 0)) return openZip(source, signal);
  if ((await readDirectoryEnd(source, signal)) !== null) return openZip(source, signal);
  if (holdsHeader(head)) return openZip(source, signal);
  throw new MailproofError('FORMAT_UNKNOWN', `${source.identity.location} is none of the formats that are read.`, {
    advice: 'Give a zip, tar, gzip or mbox, or a single message or calendar.',
  });
}

/** A zip of which the beginning and the end are gone. */
function holdsHeader(head: Buffer): boolean {
  for (let at = head.indexOf(LOCAL_HEADER_OCTETS); at >= 0; at = head.indexOf(LOCAL_HEADER_OCTETS, at + 4))
    if (isPlausibleHeader(head, at)) return true;
  return head.length < 30 && head.subarray(0, 4).equals(LOCAL_HEADER_OCTETS);
}
