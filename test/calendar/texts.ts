import { Buffer } from 'node:buffer';
import { parseCalendar } from '../../src/calendar/index.ts';
import type { CalendarItem, ParsedCalendar } from '../../src/model/index.ts';

/** A calendar of these lines within a VCALENDAR, with CRLF. */
export function calendar(...lines: string[]): Buffer {
  return Buffer.from(['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n'));
}

/** An event of these lines, with a UID. */
export function event(...lines: string[]): Buffer {
  return calendar('BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT');
}

export function codes({ items, issues }: ParsedCalendar): string[] {
  return [...issues, ...items.flatMap((item) => item.issues)].map((each) => each.code);
}

/** The first item; a test that has none has failed. */
export function firstItem(bytes: Uint8Array): CalendarItem {
  const [item] = parseCalendar(bytes).items;
  if (item === undefined) throw new Error('the calendar has no item');
  return item;
}

/** The properties of an item's jCal of one name. */
export function jcalOf(item: CalendarItem, name: string): unknown[] {
  const properties = Array.isArray(item.jcal) ? item.jcal[1] : [];
  return Array.isArray(properties) ? properties.filter((each) => Array.isArray(each) && each[0] === name) : [];
}
