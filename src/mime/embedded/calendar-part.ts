import { Buffer } from 'node:buffer';
import { type EmbeddedCalendarItem, type Issue, issue, type ParsedCalendar } from '../../model/index.ts';
import type { Leaf } from '../body/leaf.ts';
import { decodeCharset } from '../charset/decode.ts';
import { resolveCharset } from '../charset/names.ts';
import { nativeOf } from '../digest/digests.ts';

/** What a part says of the calendar in it. */
export interface CalendarPart {
  /** A charset iconv-lite knows. */
  readonly charset?: string;
  /** The iTIP method, as written (RFC 6047 §2.4). */
  readonly method?: string;
}

/** Reads the calendar of a part. Must not throw. */
export type CalendarReader = (bytes: Uint8Array, part?: CalendarPart) => ParsedCalendar;

/** Octets of these charsets pass for UTF-8: only this room's own decoders know them. */
const SEVEN_BIT = /^(?:iso-2022-|hz$|utf-?7)/;

/** The calendar components of a part, in order. */
export function calendarItems(
  leaf: Leaf,
  octets: Buffer,
  read: CalendarReader,
  issues: Issue[],
): EmbeddedCalendarItem[] {
  const { path, parameters } = leaf.part;
  const label = parameters.get('charset') ?? '';
  const charset = resolveCharset(label);
  if (charset === null) issues.push(issue('CHARSET_UNKNOWN', 'The charset of the calendar is not known.', path));
  const method = parameters.get('method')?.trim() ?? '';
  const decoded = charset !== null && SEVEN_BIT.test(charset);
  // RFC 5545 §3.1.4: the part's charset says how the calendar is written; many name one and write UTF-8 all the same,
  // which the calendar's own reader sees.
  const calendar = read(decoded ? Buffer.from(decodeCharset(octets, charset).text, 'utf8') : octets, {
    ...(charset !== null && charset !== '' && charset !== 'us-ascii' && !decoded && { charset }),
    ...(method !== '' && { method }),
  });
  for (const fault of calendar.issues) issues.push({ ...fault, part: path });
  const native = nativeOf('text/calendar', leaf.size, leaf.digests);
  return calendar.items.map((item, index) => ({
    ...item,
    type: 'CalendarItem',
    ordinal: index + 1,
    partId: path,
    native,
    octets: () => octets,
  }));
}
