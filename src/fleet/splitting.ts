import { sniff } from '../archive/sniff.ts';
import { ENCRYPTION_SDK_PREFIX, looksLikeEncryptionSdkMessage } from '../decrypt/index.ts';
import type { ByteSource } from '../model/index.ts';
import { readZipListing } from './zip-listing.ts';

/** A zip of so few entries is an archive in an archive: no mailbox for the fleet is made of eight messages. */
const OUTER_ENTRIES = 8;
const HEAD_OCTETS = 64 * 1024;

/**
 * Whether one machine has to read all of it: an AWS Encryption SDK message and gzip can be read only forwards, an archive
 * in an archive has to be spooled, and a zip without a plain directory has no places to split at. Reads a few ranges.
 */
export async function readsAsOne(source: ByteSource, signal?: AbortSignal): Promise<boolean> {
  const head = Buffer.from(await source.bytes(0, Math.min(HEAD_OCTETS, source.size), signal));
  if (looksLikeEncryptionSdkMessage(head.subarray(0, ENCRYPTION_SDK_PREFIX))) return true;
  const format = sniff(head);
  // Ciphertext looks like nothing at all: what is in it is seen when it is opened.
  if (format !== 'zip') return format !== null;
  const listing = await readZipListing(source, signal);
  return listing === null || listing.count <= OUTER_ENTRIES;
}
