import type { Severity } from './severity.ts';

/** Issues of a message. The value is the severity. */
export const MIME_ISSUES = {
  DATE_UNREADABLE: 'warning',
  DATE_OBSOLETE: 'info',
  FIELD_REPEATED: 'warning',
  FIELD_MALFORMED: 'warning',
  ADDRESS_MALFORMED: 'warning',
  ENCODED_WORD_MALFORMED: 'warning',
  CHARSET_UNKNOWN: 'warning',
  CHARSET_GUESSED: 'warning',
  CHARSET_UNDECODABLE: 'warning',
  TRANSFER_ENCODING_UNKNOWN: 'warning',
  BASE64_MALFORMED: 'warning',
  QUOTED_PRINTABLE_MALFORMED: 'warning',
  BOUNDARY_MISSING: 'warning',
  BOUNDARY_UNSEEN: 'warning',
  PART_UNCLOSED: 'warning',
  PART_TRUNCATED: 'error',
  CONTENT_TYPE_MALFORMED: 'warning',
  HEADER_UNTERMINATED: 'warning',
  LIMIT_REACHED: 'error',
  EMBEDDED_UNREADABLE: 'error',
  ENCRYPTED: 'error',
  MESSAGE_EMPTY: 'warning',
  EMBEDDED_DAMAGED: 'warning',
} as const satisfies Record<string, Severity>;
