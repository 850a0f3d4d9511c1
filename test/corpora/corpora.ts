import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { MailboxEntry } from '../../src/sandbox/index.ts';

/** Public test mail, read in place where it is. */
const CORPORA = resolve(import.meta.dirname, '../../../shared/corpora');
const LICENSES = /^(LICENSE|COPYING|MIT-LICENSE)/;

export const present = existsSync(CORPORA);
if (!present) console.warn('skipped: the corpora of public test mail are not on this machine');

/** Every message and every calendar of the corpora, in the order of their paths. */
export function* corpusEntries(): Generator<MailboxEntry> {
  for (const kind of ['messages', 'calendars']) {
    const files = readdirSync(join(CORPORA, kind), { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile() && !LICENSES.test(file.name) && !file.name.endsWith('.json'))
      .map((file) => join(file.parentPath, file.name).slice(CORPORA.length + 1));
    for (const path of files.sort()) yield { path, bytes: readFileSync(join(CORPORA, path)) };
  }
}
