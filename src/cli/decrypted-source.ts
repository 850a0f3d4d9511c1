import {
  ENCRYPTION_SDK_PREFIX,
  type KeyPins,
  looksLikeEncryptionSdkMessage,
  openEncryptionSdkMessage,
  openEnvelope,
  type Spool,
} from '../decrypt/index.ts';
import { type ByteSource, type Finding, type JsonObject, MailproofError } from '../model/index.ts';
import type { Context } from './context.ts';

/** What the caller says of encryption: pins, never keys. */
export interface DecryptOptions {
  /** `name=value`, as often as given. */
  readonly encryptionContext?: readonly string[];
  readonly decryptKeyId?: string;
}

/** What a source holds once it is decrypted. `source` is the one given where nothing is encrypted. */
export interface Decrypted {
  readonly source: ByteSource;
  readonly findings: readonly Finding[];
}

export interface EnvelopePlace {
  /** User metadata of the object, or what was kept of it beside a file. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly instructionFile: () => Promise<Uint8Array | null>;
}

/** A message up to this is never written anywhere: a mail of its own, not an archive. */
const HELD_MESSAGE = 4 * 1024 * 1024;

type Aws = typeof import('../aws/index.ts');
type Kms = Parameters<Aws['kmsKeyUnwrapper']>[0];

/** `name=value` pairs as an encryption context. Throws USAGE. */
export function pinsOf({ encryptionContext = [], decryptKeyId }: DecryptOptions): KeyPins {
  const pairs: Record<string, string> = {};
  for (const pair of encryptionContext) {
    const equals = pair.indexOf('=');
    if (equals < 1)
      throw new MailproofError('USAGE', `--encryption-context ${pair}: name=value was expected.`, {
        advice: 'Give each pair by itself: --encryption-context case=7 --encryption-context matter=42.',
      });
    pairs[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  return {
    ...(encryptionContext.length === 0 ? {} : { expectedContext: pairs }),
    ...(decryptKeyId === undefined ? {} : { expectedKeyId: decryptKeyId }),
  };
}

/**
 * Opens whatever envelope a source came in: the S3 Encryption Client's by metadata or instruction file, or an AWS Encryption SDK
 * message by its first octets. Nothing of the plaintext is handed on before it is authenticated. Throws CONTEXT_MISMATCH
 * where pins are given and nothing is encrypted; ENVELOPE_*, CIPHERTEXT_ALTERED, KEY_*. The source stays open when it throws.
 */
export async function decryptedSource(
  context: Pick<Context, 'signal'>,
  source: ByteSource,
  place: EnvelopePlace,
  pins: KeyPins,
  kms: () => Promise<Kms>,
): Promise<Decrypted> {
  const opened =
    (await openedEnvelope(context, source, place, pins, kms)) ?? (await openedMessage(context, source, pins, kms));
  if (opened !== null) return opened;
  if (pins.expectedContext === undefined && pins.expectedKeyId === undefined) return { source, findings: [] };
  const { location } = source.identity;
  throw new MailproofError(
    'CONTEXT_MISMATCH',
    `${location} is not encrypted, so it has no encryption context or key.`,
    {
      advice: 'Check that this is the object you mean, or leave out --encryption-context and --decrypt-key-id.',
    },
  );
}

async function openedEnvelope(
  { signal }: Pick<Context, 'signal'>,
  source: ByteSource,
  place: EnvelopePlace,
  pins: KeyPins,
  kms: () => Promise<Kms>,
): Promise<Decrypted | null> {
  const unwrap = {
    decrypt: async (request: Parameters<ReturnType<Aws['kmsKeyUnwrapper']>['decrypt']>[0]) => {
      const aws = await import('../aws/index.ts');
      return aws.kmsKeyUnwrapper(await kms(), signal).decrypt(request);
    },
  };
  const { metadata, instructionFile } = place;
  const opened = await openEnvelope({ source, metadata, instructionFile, unwrap, ...pins, signal });
  return opened === null ? null : { source: describedAnew(opened, source), findings: opened.findings };
}

async function openedMessage(
  { signal }: Pick<Context, 'signal'>,
  source: ByteSource,
  { expectedContext, expectedKeyId }: KeyPins,
  kms: () => Promise<Kms>,
): Promise<Decrypted | null> {
  const prefix = await source.bytes(0, Math.min(ENCRYPTION_SDK_PREFIX, source.size), signal);
  if (!looksLikeEncryptionSdkMessage(prefix)) return null;
  const [{ messageDecryptor }, { memorySource, spoolToFile }] = await Promise.all([
    import('../aws/index.ts'),
    import('../io/index.ts'),
  ]);
  const decrypt = messageDecryptor({
    kms: await kms(),
    ...(expectedKeyId === undefined ? {} : { keyId: expectedKeyId }),
  });
  const pinned = expectedContext === undefined ? {} : { expectedContext };
  const spool: Spool = source.size > HELD_MESSAGE ? spoolToFile : async (text) => memorySource(await collected(text));
  const opened = await openEncryptionSdkMessage({ source, decrypt, spool, ...pinned, signal });
  if (opened === null) return null;
  return { source: describedAnew(opened, source), findings: [...opened.findings, ...uncommitted(source, prefix)] };
}

async function collected(plaintext: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of plaintext) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Version 1 of the message format names no key by commitment: one ciphertext can be made that opens under two keys. */
function uncommitted(source: ByteSource, prefix: Uint8Array): Finding[] {
  if (prefix[0] !== 0x01) return [];
  const message = `${source.identity.location} is encrypted by an algorithm suite without key commitment.`;
  return [{ check: 'envelope-commitment', severity: 'info', message }];
}

/** The checksums S3 keeps are of the ciphertext: beside plaintext they would be held against the wrong octets. */
function describedAnew(plain: ByteSource, ciphertext: ByteSource): ByteSource {
  const { checksums, checksumType, ...details } = plain.identity.details;
  const stored: JsonObject = {
    size: ciphertext.size,
    ...(checksums === undefined ? {} : { checksums }),
    ...(checksumType === undefined ? {} : { checksumType }),
  };
  return { ...plain, identity: { ...plain.identity, details: { ...details, ciphertext: stored } } };
}
