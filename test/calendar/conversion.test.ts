import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseCalendar } from '../../src/calendar/index.ts';

const FOLDER = resolve(import.meta.dirname, '../../fixtures/calendars/conversion');
const SHAPE =
  /^(.+)\n\n=== the calendar ===\n([\s\S]+)\n=== becomes ===\n([\s\S]+)\n\n=== with these issues ===\n([\s\S]+)\n$/;

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));

test('there are conversions to check', () => {
  expect(files.length).toBeGreaterThanOrEqual(13);
});

test.each(files)('%s', (name) => {
  const [, title, source = '', becomes = '', issues = ''] = SHAPE.exec(readFileSync(join(FOLDER, name), 'utf8')) ?? [];
  expect(title, 'the file has its four parts').toBeDefined();
  const parsed = parseCalendar(Buffer.from(source));
  const shown = parsed.items.map((item) => ({
    start: item.start,
    end: item.end,
    ...(item.recurrenceId !== null && { recurrenceId: item.recurrenceId }),
    jscalendar: item.event,
  }));
  const expected: unknown = JSON.parse(becomes);
  expect(JSON.parse(JSON.stringify(shown))).toEqual(Array.isArray(expected) ? expected : [expected]);
  const found = [...parsed.issues, ...parsed.items.flatMap((item) => item.issues)];
  expect(found.map((each) => `${each.code}: ${each.message}`).join('\n') || 'none').toBe(issues);
});
