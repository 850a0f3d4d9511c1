import { recognizedFormat } from '../archive/index.ts';
import {
  ENCRYPTION_SDK_PREFIX,
  headOfEncryptionSdkMessage,
  type KeyMaterial,
  looksLikeEncryptionSdkMessage,
  openEncryptionSdkMessage,
  openEnvelope,
  type Spool,
} from '../decrypt/index.ts';
import { type ByteSource, type Finding, type JsonObject, MailproofError } from '../model/index.ts';

/** What a source holds once it is decrypted. `source` is the one given where nothing is encrypted. */
export interface Decrypted {
  readonly source: ByteSource;
  readonly findings: readonly Finding[];
  /** Only while inspecting: what the octets hold that were not read, since they can be read forwards only. */
  readonly unread?: string;
}

export interface EnvelopePlace {
  /** User metadata of the object, or what was kept of it beside a file. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Throws ACCESS_DENIED where it may be there and may not be read. */
  readonly instructionFile: () => Promise<Uint8Array | null>;
}

export interface Cancellable {
  readonly signal: AbortSignal;
  /** For `inspect`: what is large is not read whole, and `authenticated` and `unread` say what that leaves unknown. */
  readonly inspecting?: boolean;
}

/** A message up to this is never written anywhere: a mail of its own, not an archive. */
const HELD_MESSAGE = 4 * 1024 * 1024;

type Aws = typeof import('../aws/index.ts');
type Kms = Parameters<Aws['kmsKeyUnwrapper']>[0];

/**
 * Opens whatever envelope a source came in: the S3 Encryption Client's by metadata or instruction file, or an AWS Encryption SDK
 * message by its first octets. Nothing of the plaintext is handed on before it is authenticated. Throws CONTEXT_MISMATCH
 * where pins are given and nothing is encrypted; ENVELOPE_*, CIPHERTEXT_ALTERED, KEY_*. The source stays open when it throws.
 */
export async function decryptedSource(
  context: Cancellable,
  source: ByteSource,
  place: EnvelopePlace,
  pins: KeyMaterial,
  kms: () => Promise<Kms>,
): Promise<Decrypted> {
  const instruction = readableInstruction(context, source, place.instructionFile);
  const opened =
    (await openedEnvelope(context, source, { ...place, instructionFile: instruction.read }, pins, kms)) ??
    (await openedMessage(context, source, pins, kms));
  if (opened !== null) return opened;
  const { expectedContext, expectedKeyId, expectedAccountId } = pins;
  if (expectedContext === undefined && expectedKeyId === undefined && expectedAccountId === undefined)
    return { source, findings: instruction.findings };
  const { location } = source.identity;
  throw new MailproofError(
    'CONTEXT_MISMATCH',
    `${location} is not encrypted, so it has no encryption context or key.`,
    {
      advice: 'Check that this is the object you mean, or leave out what the command says of its encryption.',
    },
  );
}

/**
 * Without s3:ListBucket, S3 answers ACCESS_DENIED for what is not there too. That is no "none": it passes for one only where
 * the object's own first octets show that it is plain, which ciphertext's never do.
 */
function readableInstruction({ signal }: Cancellable, source: ByteSource, fetch: EnvelopePlace['instructionFile']) {
  const findings: Finding[] = [];
  const read = async (): Promise<Uint8Array | null> => {
    try {
      return await fetch();
    } catch (error) {
      if (!(error instanceof MailproofError) || error.code !== 'ACCESS_DENIED') throw error;
      if (source.size > 0 && (await recognizedFormat(source, signal)) === null) throw error;
      const message = `${error.message} The object begins as plain content does, so it is read as that.`;
      findings.push({ check: 'instruction-file', severity: 'info', message });
      return null;
    }
  };
  return { read, findings };
}

async function openedEnvelope(
  { signal, inspecting = false }: Cancellable,
  source: ByteSource,
  place: EnvelopePlace,
  pins: KeyMaterial,
  kms: () => Promise<Kms>,
): Promise<Decrypted | null> {
  const unwrap = {
    decrypt: async (request: Parameters<ReturnType<Aws['kmsKeyUnwrapper']>['decrypt']>[0]) => {
      const aws = await import('../aws/index.ts');
      return aws.kmsKeyUnwrapper(await kms(), signal).decrypt(request);
    },
  };
  const { metadata, instructionFile } = place;
  const opened = await openEnvelope({ source, metadata, instructionFile, unwrap, ...pins, inspecting, signal });
  return opened === null ? null : { source: describedAnew(opened, source), findings: opened.findings };
}

async function openedMessage(
  { signal, inspecting = false }: Cancellable,
  source: ByteSource,
  { expectedContext, expectedKeyId, expectedAccountId }: KeyMaterial,
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
    ...(expectedAccountId === undefined ? {} : { accountId: expectedAccountId }),
  });
  const pinned = expectedContext === undefined ? {} : { expectedContext };
  if (inspecting && source.size > HELD_MESSAGE) {
    const { identity, head } = await headOfEncryptionSdkMessage({ source, decrypt, ...pinned, signal });
    const unread = (await recognizedFormat(memorySource(head), signal)) ?? 'nothing known by its beginning';
    return { source: { ...source, identity }, findings: uncommitted(source, prefix), unread };
  }
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
