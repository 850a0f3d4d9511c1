import { once } from 'node:events';
import { Readable } from 'node:stream';
import type { KMSClient } from '@aws-sdk/client-kms';
import { MailproofError } from '../model/index.ts';
import { checkAccount, kmsKeyUnwrapper } from './kms.ts';

/** A message whose header has been authenticated, and its plaintext, frame by authenticated frame. */
export interface OpenedMessage {
  readonly encryptionContext: Readonly<Record<string, string>>;
  /** Throws where a frame does not hold, where the message is cut short, and at its end where its signature does not hold. */
  readonly plaintext: AsyncIterable<Uint8Array>;
}

export interface MessageDecryptorOptions {
  readonly kms: KMSClient;
  /** The only key that may have wrapped the data key; any key this caller may use otherwise. */
  readonly keyId?: string;
  /** The only account whose keys are asked: what discovery by any key is narrowed to. */
  readonly accountId?: string;
}

/** A frame is held until its tag is checked: a header that asks for more is refused before memory is. */
const FRAME_LIMIT = 256 * 1024 * 1024;
/** Each costs a call to KMS; a message that lists thousands is made to cost them (the SDK's own advice). */
const KEYS_LIMIT = 20;
const CHUNK = 64 * 1024;

/**
 * Decrypts AWS Encryption SDK messages by `@aws-crypto/client-node`, data keys by `kms:Decrypt`. Loaded when there is such a
 * message: it is large. Throws KEY_* and ACCESS_DENIED as KMS refuses, and the SDK's own errors for what does not hold.
 */
export function messageDecryptor(options: MessageDecryptorOptions) {
  return async (
    ciphertext: AsyncIterable<Uint8Array>,
    { signal }: { readonly signal?: AbortSignal },
  ): Promise<OpenedMessage> => {
    const sdk = await import('@aws-crypto/client-node');
    // Messages of version 1 know no commitment and are read all the same: what is in an archive was written long ago.
    const client = sdk.buildClient({
      commitmentPolicy: sdk.CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT,
      maxEncryptedDataKeys: KEYS_LIMIT,
    });
    const unwrapper = kmsKeyUnwrapper(options.kms, signal);
    let refused: MailproofError | null = null;
    let asked = 0;
    const decryptKey: Decrypt = async ({ KeyId, CiphertextBlob, EncryptionContext }) => {
      asked += 1;
      try {
        // Before KMS is asked: the message names whose key it is, and another account's is not to learn that it was read.
        if (options.accountId !== undefined) checkAccount(KeyId, options.accountId);
        const request = { ciphertext: CiphertextBlob, encryptionContext: EncryptionContext ?? {} };
        const key = await unwrapper.decrypt(KeyId === undefined ? request : { ...request, keyId: KeyId });
        return KeyId === undefined ? { Plaintext: key } : { KeyId, Plaintext: key };
      } catch (error) {
        // The keyring makes one text of all refusals; the run needs the first with its code.
        if (error instanceof MailproofError) refused ??= error;
        throw error;
      }
    };
    const clientProvider = () => ({ decrypt: decryptKey, encrypt: never, generateDataKey: never });
    const keyring =
      options.keyId === undefined
        ? new sdk.KmsKeyringNode({ clientProvider, discovery: true })
        : new sdk.KmsKeyringNode({ clientProvider, keyIds: [options.keyId] });
    const decipher = client.decryptStream(keyring, { maxBodySize: FRAME_LIMIT });
    const source = Readable.from(pieces(ciphertext));
    const stop = () => decipher.destroy(new MailproofError('CANCELLED', 'Decryption was cancelled.'));
    signal?.addEventListener('abort', stop, { once: true });
    source.once('error', (error) => decipher.destroy(error));
    decipher.once('close', () => {
      source.destroy();
      signal?.removeEventListener('abort', stop);
    });
    // The SDK's streams tell one failure several times, also after whoever reads has gone: unheard, it would end the process.
    decipher.on('error', () => undefined);
    const header = once(decipher, 'MessageHeader');
    source.pipe(decipher);
    try {
      const [message]: unknown[] = await header;
      return { encryptionContext: contextIn(message), plaintext: readOut(decipher) };
    } catch (error) {
      source.destroy();
      decipher.destroy();
      throw refused ?? (asked === 0 ? unasked(error, options.keyId) : error);
    }
  };
}

/** The header was read and none of its data keys is one to ask KMS for: whose they are is the whole matter. */
function unasked(error: unknown, keyId: string | undefined): unknown {
  if (!(error instanceof Error) || !error.message.includes('unencryptedDataKey')) return error;
  if (keyId === undefined)
    return new MailproofError(
      'ENVELOPE_UNSUPPORTED',
      'The message’s data key is wrapped with a key this tool cannot ask KMS for.',
      {
        cause: error,
        advice: 'Decrypt the object with the client that wrote it and process the result.',
      },
    );
  return new MailproofError('KEY_MISMATCH', `The message’s data key was not wrapped with the KMS key ${keyId}.`, {
    cause: error,
    advice: 'Check --decrypt-key-id: the ARN is compared as it is written, and an alias is no ARN.',
    details: { keyArn: keyId },
  });
}

type Decrypt = (request: {
  KeyId?: string;
  CiphertextBlob: Uint8Array;
  EncryptionContext?: Record<string, string>;
}) => Promise<{ KeyId?: string; Plaintext: Uint8Array }>;

const never = (): Promise<never> => Promise.reject(new TypeError('nothing is encrypted here'));

/** Small writes, so that a frame's memory is the frame's and not the range's it was fetched in. */
async function* pieces(ciphertext: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of ciphertext)
    for (let at = 0; at < chunk.length; at += CHUNK) {
      const piece = chunk.subarray(at, at + CHUNK);
      yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    }
}

async function* readOut(stream: Readable): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) if (chunk instanceof Uint8Array) yield new Uint8Array(chunk);
}

function contextIn(header: unknown): Record<string, string> {
  const context: unknown =
    typeof header === 'object' && header !== null ? Reflect.get(header, 'encryptionContext') : null;
  const pairs: Record<string, string> = {};
  if (typeof context !== 'object' || context === null) return pairs;
  for (const [name, value] of Object.entries(context)) if (typeof value === 'string') pairs[name] = value;
  return pairs;
}
