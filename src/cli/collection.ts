import { createHash } from 'node:crypto';
import {
  arrangeFolder,
  type CollectionSource,
  collectionSource,
  dovecotKeywords,
  type OpenPlaintext,
} from '../archive/index.ts';
import type { KeyMaterial } from '../decrypt/index.ts';
import { metadataOf } from '../fleet/unwrapped.ts';
import type { JsonObject, SourceIdentity } from '../model/index.ts';
import type { Context } from './context.ts';
import { decryptedSource } from './decrypted-source.ts';
import { localEnvelope } from './local-envelope.ts';

/** What pins a collection to one state: the hash of all its members' names, sizes and ETags. */
function identityOf(
  location: string,
  members: readonly { path: string; size: number; etag: string | null; modified: number | null }[],
  details: JsonObject,
): SourceIdentity {
  const hash = createHash('sha256');
  let newest = Number.NEGATIVE_INFINITY;
  for (const { path, size, etag, modified } of members) {
    hash.update(`${JSON.stringify([path, size, etag])}\n`);
    newest = Math.max(newest, modified ?? newest);
  }
  const lastModified = Number.isFinite(newest) ? new Date(newest).toISOString() : null;
  return { location, version: null, etag: `listing-${hash.digest('hex')}`, lastModified, details };
}

type Kms = Parameters<typeof decryptedSource>[4];

/** A folder of messages or a Maildir as a source. Throws SOURCE_NOT_FOUND, ACCESS_DENIED. */
export async function openFolder(
  context: Context,
  path: string,
  pins: KeyMaterial,
  kms: Kms,
): Promise<CollectionSource> {
  const { listFolderMembers } = await import('../io/index.ts');
  const listing = await listFolderMembers(path);
  const keywords = new Map<string, ReadonlyMap<string, string>>();
  for (const file of listing.files) {
    const [, folder] = /^(?:(.*)\/)?dovecot-keywords$/.exec(file.path) ?? [null];
    if (!/(?:^|\/)dovecot-keywords$/.test(file.path) || file.size > 65_536) continue;
    const source = await file.open();
    try {
      keywords.set(folder ?? '', dovecotKeywords(Buffer.from(await source.bytes(0, source.size)).toString()));
    } finally {
      await source.close();
    }
  }
  const arranged = arrangeFolder(listing, (folder) => keywords.get(folder));
  const openPlaintext: OpenPlaintext = async (stored, signal = context.signal) =>
    decryptedSource({ signal }, stored, await localEnvelope(stored.identity.location), pins, kms);
  const identity = identityOf(listing.location, listing.files, { kind: arranged.format });
  return collectionSource({ ...arranged, openPlaintext }, identity);
}

/** The messages below an S3 prefix, one object each, as SES receipt rules and Mail Manager write them. */
export async function openPrefix(
  context: Context,
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
  s3: Parameters<typeof import('../aws/index.ts').openS3Object>[0]['s3'],
  pins: KeyMaterial,
  kms: Kms,
): Promise<CollectionSource> {
  const aws = await import('../aws/index.ts');
  const { signal } = context;
  const below = prefix === '' ? '' : `${prefix}/`;
  const listed = await aws.listPrefixMembers({ s3, bucket, prefix: below, signal });
  const keys = new Set(listed.map(({ key }) => key));
  const root = `s3://${bucket}/`;
  const openPlaintext: OpenPlaintext = (stored, own = signal) => {
    const key = stored.identity.location.slice(root.length);
    const metadata = metadataOf(stored.identity.details);
    // The listing tells whether there is an instruction file: no request is made for one that is not there.
    const instructionFile = async () =>
      keys.has(`${key}${aws.INSTRUCTION_SUFFIX}`) ? aws.readInstructionFile({ s3, bucket, key, signal: own }) : null;
    // An instruction file is no message, though it lies among them.
    const pinned = key.endsWith(aws.INSTRUCTION_SUFFIX) ? {} : pins;
    return decryptedSource({ signal: own }, stored, { metadata, instructionFile }, pinned, kms);
  };
  const members = listed.map((each) => ({
    path: each.path,
    size: each.size,
    directory: each.directory,
    open: (own?: AbortSignal) => each.open(own),
  }));
  const identity = identityOf(`${root}${below}`, listed, { kind: 's3-prefix' });
  return collectionSource({ format: 's3-prefix', members, findings: [], openPlaintext }, identity);
}
