import type { Severity } from './severity.ts';

/** Issues of a calendar item. The value is the severity. */
export const CALENDAR_ISSUES = {
  CALENDAR_UNREADABLE: 'error',
  CALENDAR_UNTERMINATED: 'warning',
  CALENDAR_TRAILING_DATA: 'warning',
  PROPERTY_MALFORMED: 'warning',
  PROPERTY_REPEATED: 'info',
  DATE_TIME_UNREADABLE: 'warning',
  ZONE_UNKNOWN: 'warning',
  ZONE_GUESSED: 'info',
  RULE_UNREADABLE: 'warning',
  RULE_UNBOUNDED: 'info',
  UID_MISSING: 'warning',
  MASTER_MISSING: 'warning',
  CALENDAR_LIMIT_REACHED: 'error',
} as const satisfies Record<string, Severity>;
