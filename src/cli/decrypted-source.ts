import { type KeyMaterial, readWrappingKey } from '../decrypt/index.ts';
import { MailproofError } from '../model/index.ts';

export { type Decrypted, decryptedSource, type EnvelopePlace } from '../fleet/decrypted-source.ts';

/** What the caller says of encryption: pins, never keys. */
export interface DecryptOptions {
  /** `name=value`, as often as given. */
  readonly encryptionContext?: readonly string[];
  readonly decryptKeyId?: string;
  readonly decryptAccount?: string;
  /** A file: the key that only the caller has. */
  readonly wrappingKey?: string;
}

/** A file above this is no key. */
const KEY_LIMIT = 64 * 1024;

async function wrappingKeyIn(path: string) {
  const { readFile, stat } = await import('node:fs/promises');
  try {
    const { size } = await stat(path);
    if (size > KEY_LIMIT) throw new MailproofError('USAGE', `${path} has ${size} octets: that is no key.`);
    return readWrappingKey(await readFile(path), path);
  } catch (error) {
    if (error instanceof MailproofError) throw error;
    throw new MailproofError('USAGE', `The key file ${path} cannot be read.`, {
      cause: error,
      advice: 'Check the path given with --wrapping-key, and that you may read it.',
    });
  }
}

/** What an envelope must be and what opens it: `name=value` pairs as an encryption context, the key from its file. Throws USAGE. */
export async function pinsOf(options: DecryptOptions): Promise<KeyMaterial> {
  const { encryptionContext = [], decryptKeyId, decryptAccount, wrappingKey } = options;
  const pairs: Record<string, string> = {};
  for (const pair of encryptionContext) {
    const equals = pair.indexOf('=');
    if (equals < 1)
      throw new MailproofError('USAGE', `--encryption-context ${pair}: name=value was expected.`, {
        advice: 'Give each pair by itself: --encryption-context case=7 --encryption-context matter=42.',
      });
    pairs[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  if (decryptAccount !== undefined && !/^\d{12}$/.test(decryptAccount))
    throw new MailproofError(
      'USAGE',
      `--decrypt-account ${decryptAccount}: the twelve digits of an account were expected.`,
    );
  return {
    ...(encryptionContext.length === 0 ? {} : { expectedContext: pairs }),
    ...(decryptKeyId === undefined ? {} : { expectedKeyId: decryptKeyId }),
    ...(decryptAccount === undefined ? {} : { expectedAccountId: decryptAccount }),
    ...(wrappingKey === undefined ? {} : { wrappingKey: await wrappingKeyIn(wrappingKey) }),
  };
}
