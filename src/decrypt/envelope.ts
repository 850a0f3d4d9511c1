import {
  contextOf,
  type EnvelopeFields,
  FIELDS_OF_VERSION,
  fieldsOfInstructionFile,
  fieldsOfMetadata,
  mergeFields,
} from './envelope-fields.ts';
import { type EncryptedObject, refusal } from './refusal.ts';

/** How the object's octets are encrypted. */
export type ContentCipher =
  /** AES-256-GCM under the data key itself, 16 octets of tag at the end (V2). */
  | { readonly name: 'AES/GCM/NoPadding'; readonly iv: Uint8Array }
  /** AES-256-CBC with PKCS #7 padding and no authentication (V1, V2). */
  | { readonly name: 'AES/CBC/PKCS5Padding'; readonly iv: Uint8Array }
  /** ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY (V3). */
  | { readonly name: '115'; readonly commitment: Uint8Array; readonly messageId: Uint8Array };

/** An S3 Encryption Client envelope, read and checked for form; nothing has been asked of KMS. */
export interface Envelope {
  readonly version: 1 | 2 | 3;
  readonly storedIn: 'metadata' | 'instruction-file';
  /** `kms`, `kms+context`, or one that only the caller's own key opens. */
  readonly wrapping: string;
  readonly cipher: ContentCipher;
  readonly encryptedKey: Uint8Array;
  /** The KMS encryption context, or the material description where KMS did not wrap the key. */
  readonly context: Readonly<Record<string, string>>;
  /** The KMS key where the envelope names it (`kms_cmk_id`). */
  readonly keyId: string | null;
  /** Octets of plaintext as the writer counted them, where it says. */
  readonly plaintextSize: number | null;
}

export interface EnvelopeRequest {
  readonly location: string;
  /** The object's user metadata. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The octets of `<key>.instruction`, or what fetches them: asked only where the metadata alone are no envelope. */
  readonly instructionFile?: Uint8Array | null | (() => Promise<Uint8Array | null>);
}

/** V3 writes algorithms as two digits. */
const WRAPPING_V3: Readonly<Record<string, string>> = { '02': 'AES/GCM', '12': 'kms+context', '22': 'RSA-OAEP-SHA1' };
const KEY_FIELD = { 1: 'x-amz-key', 2: 'x-amz-key-v2', 3: 'x-amz-3' } as const;

function versionsOf(fields: EnvelopeFields): (1 | 2 | 3)[] {
  return ([1, 2, 3] as const).filter((version) => FIELDS_OF_VERSION[version].some((name) => fields.has(name)));
}

/** The specification's test: an object is encrypted when its own metadata hold key and parameters of one version. */
function isWhole(fields: EnvelopeFields): boolean {
  return versionsOf(fields).some((version) =>
    [KEY_FIELD[version], ...(version === 3 ? ['x-amz-d', 'x-amz-i'] : ['x-amz-iv'])].every((name) => fields.has(name)),
  );
}

class FieldReader {
  readonly #fields: EnvelopeFields;
  readonly #object: EncryptedObject;

  constructor(fields: EnvelopeFields, object: EncryptedObject) {
    this.#fields = fields;
    this.#object = object;
  }

  text(name: string): string {
    const value = this.#fields.get(name);
    if (value !== undefined) return value;
    throw refusal('ENVELOPE_INVALID', 'field-missing', this.#object, `its envelope lacks ${name}.`);
  }

  octets(name: string, length?: number): Uint8Array {
    const value = this.text(name).trim();
    // Buffer skips what is not base64: an altered field must be refused here and not decode to something shorter.
    if (value === '' || value.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
      throw refusal('ENVELOPE_INVALID', 'field-malformed', this.#object, `${name} is not base64.`);
    }
    const octets = Buffer.from(value, 'base64');
    if (length === undefined || octets.byteLength === length) return octets;
    const cause = name === 'x-amz-iv' ? 'iv-length' : 'field-malformed';
    const sentence = `${name} is ${octets.byteLength} octets long, not ${length}.`;
    throw refusal('ENVELOPE_INVALID', cause, this.#object, sentence);
  }

  size(name: string): number | null {
    const value = this.#fields.get(name);
    if (value === undefined) return null;
    if (/^\d{1,15}$/.test(value)) return Number(value);
    throw refusal('ENVELOPE_INVALID', 'field-malformed', this.#object, `${name} is not a number of octets.`);
  }
}

function cipherOf(
  version: 1 | 2 | 3,
  fields: EnvelopeFields,
  read: FieldReader,
  object: EncryptedObject,
): ContentCipher {
  const name = version === 1 ? 'AES/CBC/PKCS5Padding' : read.text(version === 2 ? 'x-amz-cek-alg' : 'x-amz-c');
  if (version === 3) {
    if (name === '115') return { name, commitment: read.octets('x-amz-d', 28), messageId: read.octets('x-amz-i', 28) };
  } else if (name === 'AES/GCM/NoPadding') {
    const tagBits = fields.get('x-amz-tag-len') ?? '128';
    // A shorter tag is easier to forge, and no writer makes one.
    if (tagBits !== '128') {
      throw refusal(
        'ENVELOPE_INVALID',
        'field-malformed',
        object,
        `x-amz-tag-len is ${tagBits.slice(0, 20)}, not 128.`,
      );
    }
    return { name, iv: read.octets('x-amz-iv', 12) };
  } else if (name === 'AES/CBC/PKCS5Padding') {
    // CBC has no tag: an envelope that has one was rewritten to have authentication skipped.
    if (fields.has('x-amz-tag-len')) {
      throw refusal(
        'ENVELOPE_INVALID',
        'field-conflict',
        object,
        'it says AES/CBC and a tag length, which CBC has not.',
      );
    }
    return { name, iv: read.octets('x-amz-iv', 16) };
  }
  const sentence = `its content cipher, ${name.slice(0, 60)}, is not one of version ${version} of the format.`;
  throw refusal('ENVELOPE_UNSUPPORTED', 'cipher', object, sentence);
}

/**
 * Reads the S3 Encryption Client's envelope of an object, V1, V2 or V3, from its metadata or its instruction file.
 * Null where there is none. Throws ENVELOPE_INVALID where there is half of one, two versions at once, or a malformed field;
 * ENVELOPE_UNSUPPORTED for a content cipher that is not of the format. Asks nothing of KMS.
 */
export async function readEnvelope(request: EnvelopeRequest): Promise<Envelope | null> {
  const object: EncryptedObject = { location: request.location, keyId: null };
  const own = fieldsOfMetadata(request.metadata, object);
  const whole = isWhole(own);
  const given = whole ? null : (request.instructionFile ?? null);
  const instruction = typeof given === 'function' ? await given() : given;
  if (!whole && instruction === null) {
    if (own.size === 0) return null;
    const found = [...own.keys()].join(', ');
    const sentence = `its metadata hold only ${found} of an envelope, and there is no instruction file.`;
    throw refusal('ENVELOPE_INVALID', 'instruction-file-missing', object, sentence);
  }
  const fields = instruction === null ? own : mergeFields(own, fieldsOfInstructionFile(instruction, object), object);
  if (fields.size === 0) return null;
  const versions = versionsOf(fields);
  const [version] = versions;
  if (versions.length > 1) {
    const sentence = `its envelope holds fields of versions ${versions.join(' and ')} at once.`;
    throw refusal('ENVELOPE_INVALID', 'versions-mixed', object, sentence);
  }
  if (version === undefined)
    throw refusal('ENVELOPE_INVALID', 'field-missing', object, 'its envelope lacks the data key.');
  const older = version === 3 ? ['x-amz-iv', 'x-amz-matdesc'].find((name) => fields.has(name)) : undefined;
  if (older !== undefined) {
    throw refusal('ENVELOPE_INVALID', 'versions-mixed', object, `its envelope is of version 3 and has an ${older}.`);
  }

  const read = new FieldReader(fields, object);
  const encryptedKey = read.octets(KEY_FIELD[version]);
  const stored = version === 1 ? '' : read.text(version === 2 ? 'x-amz-wrap-alg' : 'x-amz-w');
  // A name that every object has, such as "constructor", is none of the table's.
  const wrapping = version === 3 && Object.hasOwn(WRAPPING_V3, stored) ? (WRAPPING_V3[stored] ?? stored) : stored;
  const contextField = version === 3 ? (wrapping === 'kms+context' ? 'x-amz-t' : 'x-amz-m') : 'x-amz-matdesc';
  const context = contextOf(fields.get(contextField), contextField, object);
  const keyId = context['kms_cmk_id'] ?? null;
  const cipher = cipherOf(version, fields, read, { ...object, keyId });
  const plaintextSize = read.size('x-amz-unencrypted-content-length');
  const storedIn = instruction === null ? 'metadata' : 'instruction-file';
  return { version, storedIn, wrapping, cipher, encryptedKey, context, keyId, plaintextSize };
}
