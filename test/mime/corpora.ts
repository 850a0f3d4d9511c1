import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** Public test mail that lies beside the checkout, read in place and never copied. */
export const CORPORA = resolve(import.meta.dirname, '../../../shared/corpora');

export const present = existsSync(CORPORA);
if (!present) console.warn(`skipped: no test corpora at ${relative(process.cwd(), CORPORA)}`);

export interface CorpusMessage {
  /** Below `messages/`, `/`-separated. */
  readonly name: string;
  readonly path: string;
}

/** Every message of the corpora, in the order of their names. */
export function corpusMessages(): CorpusMessage[] {
  if (!present) return [];
  const root = join(CORPORA, 'messages');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/LICEN[CS]E|COPYING|README|\.json$|\.md$/.test(name))
    .map((name) => ({ name: name.replaceAll('\\', '/'), path: join(root, name) }))
    .filter(({ path }) => statSync(path).isFile())
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

export function readCorpusJson(path: string): unknown {
  return JSON.parse(readFileSync(join(CORPORA, path), 'utf8'));
}
