import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJcal } from '../../src/calendar/index.ts';
import { CALENDARS, present } from './corpora.ts';

const FOLDER = join(CALENDARS, 'icaljs/test/parser');
const there = present(FOLDER);
const pairs = there ? readdirSync(FOLDER).filter((name) => name.endsWith('.json')) : [];

test.skipIf(!there)('every pair is there', () => {
  expect(pairs.length).toBe(21);
});

// No divergence: where a value declared a number or boolean cannot be read, RFC 7265 leaves no room for its text, and
// 0 or false stands there as in ical.js. The text is then in an issue (reader.test.ts).
test.skipIf(!there).each(pairs)('%s agrees with its jCal', (name) => {
  const jcal = readJcal(readFileSync(join(FOLDER, name.replace('.json', '.ics'))));
  const expected: unknown = JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
  expect(JSON.parse(JSON.stringify(jcal.length === 1 ? jcal[0] : jcal))).toEqual(expected);
});
