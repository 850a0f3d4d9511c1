import { type ErrorCode, MailproofError } from '../model/index.ts';

/** Why an envelope is refused, for machines: one word for each thing that can be wrong with one. In `details.cause`. */
export type RefusalCause =
  | 'versions-mixed'
  | 'field-missing'
  | 'field-malformed'
  | 'field-conflict'
  | 'instruction-file-missing'
  | 'instruction-file-malformed'
  | 'context-malformed'
  | 'wrapping'
  | 'cipher'
  | 'unauthenticated'
  | 'cipher-not-bound'
  | 'context'
  | 'key-length'
  | 'iv-length'
  | 'size-limit'
  | 'commitment'
  | 'tag'
  | 'length'
  | 'padding'
  | 'message';

type RefusalCode = Extract<
  ErrorCode,
  'ENVELOPE_INVALID' | 'ENVELOPE_UNSUPPORTED' | 'CIPHERTEXT_ALTERED' | 'CONTEXT_MISMATCH'
>;

const ADVICE: Readonly<Record<RefusalCode, string>> = {
  ENVELOPE_INVALID:
    'Compare the object’s user metadata with what its writer stored: they may have been lost in a copy.',
  ENVELOPE_UNSUPPORTED: 'Decrypt the object with the client that wrote it and process the result.',
  CIPHERTEXT_ALTERED:
    'Fetch the object again from where it was written, or an earlier version of it; nothing of it was used.',
  CONTEXT_MISMATCH: 'Check that this is the object you mean: its encryption context is not the expected one.',
};

/** What a message about a refused object names. */
export interface EncryptedObject {
  /** `s3://bucket/key` or a path. */
  readonly location: string;
  /** The KMS key as far as it is known, or null. */
  readonly keyId: string | null;
}

/** An error that names the object, the key and the cause. */
export function refusal(
  code: RefusalCode,
  cause: RefusalCause,
  object: EncryptedObject,
  sentence: string,
  error?: unknown,
): MailproofError {
  const key = object.keyId === null ? '' : ` with key ${object.keyId}`;
  return new MailproofError(code, `${object.location} cannot be decrypted${key}: ${sentence}`, {
    advice: ADVICE[code],
    details: { object: object.location, key: object.keyId, cause },
    ...(error === undefined ? {} : { cause: error }),
  });
}
