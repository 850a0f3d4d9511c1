import { createHash, hash } from 'node:crypto';
import { type ByteSource, MailproofError, readIfThere } from '../model/index.ts';
import type { ProduceInput } from './options.ts';

/** Stands in a production's folder from before its first file until after `production.json`: what is there is not whole. */
export const UNFINISHED_PATH = 'production.unfinished.json';
export const SETTINGS_PATH = 'production.json';

/** Written where a format asks when it was made and nobody said: an archive must not depend on the clock. */
const NO_TIME = '1970-01-01T00:00:00Z';

/** What a production's folder was found to be. */
export interface TakenFolder {
  /** An interrupted run of this same production was here: what it wrote is kept where it holds, and written anew where not. */
  readonly resumed: boolean;
  /** The moment the production says it was made at: that of the run that began it. */
  readonly createdAt: string;
}

/** The moment a run that is not resumed writes. */
export const createdAtOf = ({ options = {} }: ProduceInput): string =>
  options.createdAt ?? options.startedAt ?? NO_TIME;

/**
 * Makes an empty folder or prefix this production's, or finds that it is already: the same manifests, register, options and
 * version number the same documents alike. Throws OUTPUT_EXISTS for any other.
 */
export async function takeFolder(input: ProduceInput): Promise<TakenFolder> {
  const { sink } = input;
  const finished = await readIfThere(sink, SETTINGS_PATH);
  const begun = await readIfThere(sink, UNFINISHED_PATH);
  if (finished !== null && begun === null) {
    throw new MailproofError('OUTPUT_EXISTS', `${sink.location} already holds a finished production.`, {
      advice: 'Check it with `mailproof lint`, or give another --out.',
    });
  }
  const key = await productionKey(input);
  if (begun !== null) {
    const { key: known, createdAt } = parsed(begun.toString());
    if (known === key && createdAt !== null) return { resumed: true, createdAt };
    throw new MailproofError(
      'OUTPUT_EXISTS',
      `${sink.location} holds an unfinished production of other manifests, options or another version.`,
      { advice: 'Run the command that was interrupted again, give another --out, or remove that folder.' },
    );
  }
  for await (const { path } of sink.list('')) {
    throw new MailproofError('OUTPUT_EXISTS', `${sink.location} is not empty: ${path} is there.`, {
      advice: 'A production has a folder of its own: give another --out.',
    });
  }
  const createdAt = createdAtOf(input);
  const marker = { mediaType: 'application/vnd.mailproof.production-unfinished.v1+json', key, createdAt };
  await sink.put(UNFINISHED_PATH, Buffer.from(`${JSON.stringify(marker)}\n`, 'utf8'), { ifAbsent: true });
  return { resumed: false, createdAt };
}

/** One name for everything that decides about the octets of a production. */
async function productionKey({ manifests, profile, options = {}, signal }: ProduceInput): Promise<string> {
  const { register, startedAt: _startedAt, ...given } = options;
  const sorted = Object.entries(given).sort(([one], [other]) => (one < other ? -1 : 1));
  const facts = {
    profile,
    options: Object.fromEntries(sorted),
    register: register === undefined || register === null ? null : await digestOf(register, signal),
    manifests: manifests.map(({ reader, custodian, source }) => [custodian, reader.digest, source !== null]),
  };
  return hash('sha256', JSON.stringify(facts), 'hex');
}

async function digestOf(source: ByteSource, signal: AbortSignal | undefined): Promise<string> {
  const sha256 = createHash('sha256');
  for await (const chunk of source.read(0, source.size, signal)) sha256.update(chunk);
  return sha256.digest('hex');
}

function parsed(text: string): { readonly key: string | null; readonly createdAt: string | null } {
  const nothing = { key: null, createdAt: null };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return nothing;
  }
  if (typeof value !== 'object' || value === null) return nothing;
  const field = (name: string): string | null => {
    const found: unknown = Reflect.get(value, name);
    return typeof found === 'string' ? found : null;
  };
  return { key: field('key'), createdAt: field('createdAt') };
}
