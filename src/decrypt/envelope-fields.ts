import { decodeMetadataValue } from './encoded-context.ts';
import { type EncryptedObject, refusal } from './refusal.ts';

/** Marks an instruction file itself, which is no encrypted object. */
const INSTRUCTION_FILE_MARK = 'x-amz-crypto-instr-file';

/** Which fields belong to which version of the S3 Encryption Client's format, as its specification lists them. */
export const FIELDS_OF_VERSION: Readonly<Record<1 | 2 | 3, readonly string[]>> = {
  1: ['x-amz-key'],
  2: ['x-amz-key-v2', 'x-amz-wrap-alg', 'x-amz-cek-alg', 'x-amz-tag-len'],
  3: ['x-amz-3', 'x-amz-c', 'x-amz-d', 'x-amz-i', 'x-amz-w', 'x-amz-m', 'x-amz-t'],
};
const SHARED_FIELDS = ['x-amz-iv', 'x-amz-matdesc', 'x-amz-unencrypted-content-length'];
const FIELDS = new Set([...Object.values(FIELDS_OF_VERSION).flat(), ...SHARED_FIELDS]);
/** What V3 keeps with the object always, so that an exchanged instruction file cannot exchange the commitment. */
const OBJECT_ONLY = ['x-amz-c', 'x-amz-d', 'x-amz-i'];

export type EnvelopeFields = ReadonlyMap<string, string>;

/** The envelope's fields among an object's user metadata: names in lower case, with or without `x-amz-meta-`. */
export function fieldsOfMetadata(metadata: Readonly<Record<string, string>>, object: EncryptedObject): EnvelopeFields {
  const fields = new Map<string, string>();
  let instructionFile = false;
  for (const [key, value] of Object.entries(metadata)) {
    const name = key.toLowerCase().replace(/^x-amz-meta-/, '');
    if (name === INSTRUCTION_FILE_MARK) instructionFile = true;
    if (!FIELDS.has(name)) continue;
    const known = fields.get(name);
    if (known !== undefined && known !== value) {
      throw refusal('ENVELOPE_INVALID', 'field-conflict', object, `its metadata give ${name} twice and differently.`);
    }
    fields.set(name, value);
  }
  return instructionFile ? new Map() : fields;
}

/** The envelope's fields in an instruction file: one JSON object of strings. */
export function fieldsOfInstructionFile(octets: Uint8Array, object: EncryptedObject): EnvelopeFields {
  const malformed = (error?: unknown) =>
    refusal(
      'ENVELOPE_INVALID',
      'instruction-file-malformed',
      object,
      'its instruction file is not a JSON object of strings.',
      error,
    );
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('utf8'));
  } catch (error) {
    throw malformed(error);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw malformed();
  const fields = new Map<string, string>();
  for (const [key, value] of Object.entries(parsed)) {
    const name = key.toLowerCase();
    if (!FIELDS.has(name)) continue;
    if (typeof value !== 'string') throw malformed();
    if (OBJECT_ONLY.includes(name)) {
      const sentence = `its instruction file holds ${name}, which belongs to the object’s own metadata.`;
      throw refusal('ENVELOPE_INVALID', 'field-conflict', object, sentence);
    }
    fields.set(name, value);
  }
  return fields;
}

/** Both together. A field that both have must be the same in both. */
export function mergeFields(own: EnvelopeFields, instruction: EnvelopeFields, object: EncryptedObject): EnvelopeFields {
  for (const [name, value] of instruction) {
    if (own.has(name) && own.get(name) !== value) {
      const sentence = `its metadata and its instruction file differ in ${name}.`;
      throw refusal('ENVELOPE_INVALID', 'field-conflict', object, sentence);
    }
  }
  return new Map([...own, ...instruction]);
}

/** A JSON object of strings: a material description or a KMS encryption context. */
export function contextOf(value: string | undefined, name: string, object: EncryptedObject): Record<string, string> {
  if (value === undefined || value.trim() === '') return {};
  const malformed = (error?: unknown) =>
    refusal('ENVELOPE_INVALID', 'context-malformed', object, `${name} is not a JSON object of strings.`, error);
  let parsed: unknown;
  try {
    parsed = JSON.parse(decodeMetadataValue(value));
  } catch (error) {
    throw malformed(error);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw malformed();
  const entries: [string, string][] = [];
  for (const [key, entry] of Object.entries(parsed)) {
    if (typeof entry !== 'string') throw malformed();
    entries.push([key, entry]);
  }
  return Object.fromEntries(entries);
}
