import type { Severity } from './severity.ts';

/** Issues of a calendar item. The value is the severity. */
export const CALENDAR_ISSUES = {
  CALENDAR_UNREADABLE: 'error',
  /** It can be read and holds no event, task, journal entry or free-busy time. */
  CALENDAR_EMPTY: 'info',
  /** Components stand without a VCALENDAR around them. */
  CALENDAR_WRAPPER_MISSING: 'warning',
  CALENDAR_UNTERMINATED: 'warning',
  CALENDAR_TRAILING_DATA: 'warning',
  /** A component that is no item (VAVAILABILITY, X-…): it stays in the native bytes. */
  COMPONENT_UNSUPPORTED: 'info',
  PROPERTY_MALFORMED: 'warning',
  PROPERTY_REPEATED: 'info',
  DATE_TIME_UNREADABLE: 'warning',
  END_BEFORE_START: 'warning',
  ZONE_UNKNOWN: 'warning',
  ZONE_GUESSED: 'info',
  /** The calendar defines a zone of IANA's name otherwise than IANA does: its own definition is followed. */
  ZONE_DIFFERS: 'info',
  RULE_UNREADABLE: 'warning',
  /** A rule that was read but cannot be expanded, such as one of another calendar scale (RFC 7529). */
  RULE_UNSUPPORTED: 'warning',
  RULE_UNBOUNDED: 'info',
  UID_MISSING: 'warning',
  MASTER_MISSING: 'warning',
  CALENDAR_LIMIT_REACHED: 'error',
  ISSUES_OMITTED: 'info',
} as const satisfies Record<string, Severity>;
