/**
 * Mailproof as a library: readers of mail, calendars and archives, without network, disk or clock.
 * `mailproof/aws` is the face of what talks to AWS; importing this one never loads the SDK.
 */
import { parseCalendar } from './calendar/index.ts';
import { type ParseMessageOptions, parseMessage as parseMime } from './mime/index.ts';
import type { ParsedMessage } from './model/index.ts';

/**
 * Reads a message, whatever its state: it never throws for input. Calendar parts are read too and are among `children`.
 * RFC 5322, 2045-2049, 2231, 6532; the result's `email` is the Email object of RFC 8621 §4.
 */
export function parseMessage(bytes: Uint8Array, options: ParseMessageOptions = {}): ParsedMessage {
  return parseMime(bytes, { parseCalendar, ...options });
}

export { type Archive, openArchive, readBatch } from './archive/index.ts';
export { expand, looksLikeCalendar, type ParseCalendarOptions, parseCalendar } from './calendar/index.ts';
export * from './identity/index.ts';
export { type CalendarHistory, ManifestReader, type Root, type ShardEntry } from './manifest/index.ts';
export {
  DEFAULT_LIMITS,
  joinPartials,
  looksLikeMessage,
  type MimeLimits,
  type ParseMessageOptions,
  type Received,
  readAddresses,
  readDate,
  readReceived,
} from './mime/index.ts';
export * from './model/index.ts';
