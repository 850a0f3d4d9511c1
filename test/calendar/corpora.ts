import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Public calendars outside the repository, where they are. */
export const CORPORA = resolve(import.meta.dirname, '../../../shared/corpora');
export const CALENDARS = join(CORPORA, 'calendars');
export const RECURRENCE = join(CORPORA, 'recurrence/icalrecur_test.txt');

/** Whether a corpus is there; says so once where it is not, so that a skipped test is not taken for a passed one. */
export function present(path: string): boolean {
  const found = existsSync(path);
  if (!found) console.warn(`skipped: the corpus ${path.slice(CORPORA.length + 1)} is not beside this checkout`);
  return found;
}

/** All iCalendar files of the corpus, in the order of their paths. */
export function calendarFiles(): string[] {
  return readdirSync(CALENDARS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ics'))
    .sort()
    .map((name) => join(CALENDARS, name));
}
