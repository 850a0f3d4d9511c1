import type { ParsedMessage } from '../model/index.ts';
import type { CalendarReader } from './embedded/calendar-part.ts';
import { type MimeLimits, resolveLimits } from './limits.ts';
import { readMessage } from './read-message.ts';
import type { Stretch } from './structure/part.ts';
import { WorkCounter } from './work-counter.ts';

export interface ParseMessageOptions {
  /** Limits that differ from `DEFAULT_LIMITS`. Reaching one is a LIMIT_REACHED issue that names it. */
  readonly limits?: Partial<MimeLimits>;
  /** Reads a calendar part, told its charset and method; without it, calendar parts are attachments only. Must not throw. */
  readonly parseCalendar?: CalendarReader;
  /** Whether SHA-1 of each MIME part is taken beside SHA-256 and MD5: true unless said. It is a tenth of the whole cost. */
  readonly sha1?: boolean;
  /** Counts the work done, for tests of linear time. */
  readonly counter?: WorkCounter;
  /** Filled with every stretch of the message and what it was read as: together they are the whole message, once. */
  readonly layout?: Stretch[];
}

/**
 * Reads one message (RFC 5322, MIME) of any condition. `bytes` are its octets as stored; they are neither changed nor
 * copied, and the result holds on to them. Synchronous, pure and total: it throws for no input. What was wrong or left
 * out is in `issues` (RFC 8621's Email in `email`).
 */
export function parseMessage(bytes: Uint8Array, options: ParseMessageOptions = {}): ParsedMessage {
  return readMessage(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
    limits: resolveLimits(options.limits),
    counter: options.counter ?? new WorkCounter(),
    parseCalendar: options.parseCalendar,
    depth: 0,
    sha1: options.sha1 ?? true,
    layout: options.layout,
  });
}
