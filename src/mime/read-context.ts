import type { CalendarReader } from './embedded/calendar-part.ts';
import type { MimeLimits } from './limits.ts';
import type { Stretch } from './structure/part.ts';
import type { WorkCounter } from './work-counter.ts';

/** What stays the same while a message and everything in it is read; `depth` counts messages within messages. */
export interface ReadContext {
  readonly limits: MimeLimits;
  readonly counter: WorkCounter;
  readonly parseCalendar: CalendarReader | undefined;
  readonly depth: number;
  /** Whether SHA-1 of each part is taken beside SHA-256 and MD5. */
  readonly sha1: boolean;
  /** Filled with every stretch of the outermost message where given. */
  readonly layout?: Stretch[] | undefined;
}

/** The context one message further in. */
export function within(context: ReadContext): ReadContext {
  const { limits, counter, parseCalendar, depth, sha1 } = context;
  return { limits, counter, parseCalendar, depth: depth + 1, sha1 };
}
