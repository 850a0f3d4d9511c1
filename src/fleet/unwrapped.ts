import type { AwsClients } from '../aws/index.ts';
import type { KeyMaterial } from '../decrypt/index.ts';
import type { ByteSource, JsonObject } from '../model/index.ts';
import { type Cancellable, type Decrypted, decryptedSource, type EnvelopePlace } from './decrypted-source.ts';

/** `envelope`: out of its encryption only, which costs no disk. `all`: out of an outer archive too, into a spool. */
export type UnwrapDepth = 'envelope' | 'all';

export interface UnwrapInput extends Cancellable {
  readonly place: EnvelopePlace;
  readonly pins: KeyMaterial;
  /** A client is made only where a source turns out to be encrypted. */
  readonly kms: () => Promise<AwsClients['kms']>;
  readonly depth?: UnwrapDepth;
}

/** Takes a source out of its envelope, and what it holds out of an outer archive. Closes it when it throws. */
export async function unwrapped(stored: ByteSource, input: UnwrapInput): Promise<Decrypted> {
  const { place, pins, kms, signal, inspecting = false, depth = 'all' } = input;
  let source = stored;
  try {
    const decrypted = await decryptedSource({ signal, inspecting }, stored, place, pins, kms);
    source = decrypted.source;
    if (depth === 'envelope' || decrypted.unread !== undefined) return decrypted;
    const { innerArchive } = await import('./inner-archive.ts');
    const inner = await innerArchive(source, signal, inspecting);
    if (inner === null) return decrypted;
    return { ...inner, findings: [...decrypted.findings, ...inner.findings] };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** What a source says of the wrappings it was taken out of. */
export function wrappingFacts({ identity: { details } }: ByteSource): JsonObject {
  const facts: { [name: string]: JsonObject[string] } = {};
  for (const name of ['clientSideEncryption', 'ciphertext', 'wrappedIn']) {
    const fact = details[name];
    if (fact !== undefined) facts[name] = fact;
  }
  return facts;
}

/** User metadata, as an S3 source's identity holds them. */
export function metadataOf(details: JsonObject): Record<string, string> {
  const given = details['metadata'];
  const metadata: Record<string, string> = {};
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return metadata;
  for (const [name, value] of Object.entries(given)) if (typeof value === 'string') metadata[name] = value;
  return metadata;
}
