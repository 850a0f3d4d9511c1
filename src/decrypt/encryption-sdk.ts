import { type ByteSource, MailproofError } from '../model/index.ts';
import { checkContext } from './data-key.ts';
import type { DecryptedSource } from './plaintext-source.ts';
import { type EncryptedObject, refusal } from './refusal.ts';

/** Algorithm suites of the AWS Encryption SDK's message format, by the version that carries them. */
const SUITES_V1 = new Set([0x0014, 0x0046, 0x0078, 0x0114, 0x0146, 0x0178, 0x0214, 0x0346, 0x0378]);
const SUITES_V2 = new Set([0x0478, 0x0578]);
/** Octets of an object that tell whether it is such a message. */
export const ENCRYPTION_SDK_PREFIX = 4;

/**
 * Whether octets begin an AWS Encryption SDK message: version 1, type 0x80, suite; or version 2, suite. The suite is looked at
 * because 0x02 alone begins many a file.
 */
export function looksLikeEncryptionSdkMessage(prefix: Uint8Array): boolean {
  const at = (index: number) => prefix[index] ?? -1;
  if (at(0) === 0x01) return at(1) === 0x80 && SUITES_V1.has((at(2) << 8) | at(3));
  return at(0) === 0x02 && SUITES_V2.has((at(1) << 8) | at(2));
}

/** A message whose header has been read and authenticated. Each frame of the plaintext is authenticated before it is given out. */
export interface DecryptedMessage {
  readonly encryptionContext: Readonly<Record<string, string>>;
  /** Throws at its end where the message was cut short or its signature does not hold. */
  readonly plaintext: AsyncIterable<Uint8Array>;
}

/** `@aws-crypto/client-node`'s decrypt stream, behind a port: it brings the AWS SDK with it. */
export type MessageDecryptor = (
  ciphertext: AsyncIterable<Uint8Array>,
  options: { readonly signal?: AbortSignal },
) => Promise<DecryptedMessage>;

/**
 * Keeps plaintext where nobody else can read it, for as long as the source it returns is open. Rejects, and leaves nothing
 * behind, when the plaintext's iteration throws.
 */
export type Spool = (
  plaintext: AsyncIterable<Uint8Array>,
  options: { readonly signal?: AbortSignal },
) => Promise<ByteSource>;

export interface OpenMessageRequest {
  readonly source: ByteSource;
  readonly decrypt: MessageDecryptor;
  readonly spool: Spool;
  /** Pairs that the message's encryption context must hold. It may hold more. */
  readonly expectedContext?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The identity of a source with what its message's authenticated header says. */
function describedMessage(source: ByteSource, { encryptionContext }: DecryptedMessage, authenticated: boolean) {
  const context = { ...encryptionContext };
  const clientSideEncryption = { format: 'AWS Encryption SDK message', authenticated, context };
  return { ...source.identity, details: { ...source.identity.details, clientSideEncryption } };
}

/** An error of the SDK's, which has none of its own for what does not hold, as CIPHERTEXT_ALTERED. */
function asRefusal(error: unknown, object: EncryptedObject, signal: AbortSignal | undefined): unknown {
  if (error instanceof MailproofError || signal?.aborted === true) return error;
  const sentence = `the message does not hold: ${error instanceof Error ? error.message : String(error)}.`;
  return refusal('CIPHERTEXT_ALTERED', 'message', object, sentence, error);
}

/** Octets of plaintext that tell what a message holds. */
const HEAD_BYTES = 64 * 1024;

/** Fetched one by one as they are asked for: a single large range would be fetched ahead of the frame that is wanted. */
async function* inPieces(source: ByteSource, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < source.size; at += HEAD_BYTES)
    yield await source.bytes(at, Math.min(at + HEAD_BYTES, source.size), signal);
}

/**
 * The header of a message and its first octets of plaintext, each of its frames authenticated; the rest is not read, and the
 * identity says so. Throws as `openEncryptionSdkMessage`.
 */
export async function headOfEncryptionSdkMessage(
  request: Omit<OpenMessageRequest, 'spool'>,
): Promise<{ readonly identity: ByteSource['identity']; readonly head: Uint8Array }> {
  const { source, signal } = request;
  const object: EncryptedObject = { location: source.identity.location, keyId: null };
  const head: Uint8Array[] = [];
  let size = 0;
  try {
    const message = await request.decrypt(inPieces(source, signal), signal === undefined ? {} : { signal });
    checkContext(request.expectedContext, message.encryptionContext, object);
    for await (const chunk of message.plaintext) {
      head.push(chunk);
      size += chunk.length;
      if (size >= HEAD_BYTES) break;
    }
    return { identity: describedMessage(source, message, false), head: Buffer.concat(head) };
  } catch (error) {
    throw asRefusal(error, object, signal);
  }
}

/**
 * Opens an AWS Encryption SDK message as a source of its plaintext. The plaintext is spooled, because the message can be read
 * only forwards and its signature stands at its end; the spool is handed on only when all of it held. Null where the
 * object is no such message. Throws CONTEXT_MISMATCH before any plaintext is asked for, CIPHERTEXT_ALTERED for a
 * message that does not hold, and passes on every `MailproofError` (KEY_*, SOURCE_*, …).
 */
export async function openEncryptionSdkMessage(request: OpenMessageRequest): Promise<DecryptedSource | null> {
  const { source, signal } = request;
  const options = signal === undefined ? {} : { signal };
  const prefix = await source.bytes(0, Math.min(ENCRYPTION_SDK_PREFIX, source.size), signal);
  if (!looksLikeEncryptionSdkMessage(prefix)) return null;
  const object: EncryptedObject = { location: source.identity.location, keyId: null };
  try {
    const message = await request.decrypt(source.read(0, source.size, signal), options);
    checkContext(request.expectedContext, message.encryptionContext, object);
    const spooled = await request.spool(message.plaintext, options);
    return {
      size: spooled.size,
      findings: [],
      identity: describedMessage(source, message, true),
      read: (start, end, readSignal) => spooled.read(start, end, readSignal),
      bytes: (start, end, readSignal) => spooled.bytes(start, end, readSignal),
      async close() {
        try {
          await spooled.close();
        } finally {
          await source.close();
        }
      },
    };
  } catch (error) {
    throw asRefusal(error, object, signal);
  }
}
