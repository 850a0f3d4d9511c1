import { readFile, stat } from 'node:fs/promises';
import { MailproofError } from '../model/index.ts';
import type { EnvelopePlace } from './decrypted-source.ts';

/** Beyond this no file beside an archive is its metadata. */
const LIMIT = 1024 * 1024;

/**
 * Where the envelope of a file lies that was copied from S3: `<file>.metadata.json` (the object's user metadata, bare or as
 * `aws s3api head-object` prints them) and `<file>.instruction`. Throws ENVELOPE_INVALID for metadata that are no JSON.
 */
export async function localEnvelope(path: string): Promise<EnvelopePlace> {
  const beside = `${path}.metadata.json`;
  const text = await readSmall(beside);
  return {
    metadata: text === null ? {} : metadataIn(text, beside),
    instructionFile: () => readSmall(`${path}.instruction`),
  };
}

async function readSmall(path: string): Promise<Uint8Array | null> {
  try {
    const state = await stat(path);
    return state.isFile() && state.size <= LIMIT ? await readFile(path) : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw new MailproofError('SOURCE_UNREADABLE', `${path} cannot be read.`, { cause: error });
  }
}

function metadataIn(octets: Uint8Array, path: string): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(octets));
  } catch (cause) {
    throw new MailproofError('ENVELOPE_INVALID', `${path} holds no JSON.`, {
      cause,
      advice: 'Write it with aws s3api head-object, or remove it.',
    });
  }
  const within: unknown =
    typeof value === 'object' && value !== null ? (Reflect.get(value, 'Metadata') ?? value) : null;
  const metadata: Record<string, string> = {};
  if (typeof within !== 'object' || within === null) return metadata;
  for (const [name, field] of Object.entries(within)) if (typeof field === 'string') metadata[name] = field;
  return metadata;
}
