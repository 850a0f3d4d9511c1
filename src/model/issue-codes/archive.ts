import type { Severity } from './severity.ts';

/** Issues of an archive's entry. The value is the severity. */
export const ARCHIVE_ISSUES = {
  CRC_MISMATCH: 'error',
  SIZE_MISMATCH: 'error',
  ENTRY_TRUNCATED: 'error',
  ENTRY_UNREADABLE: 'error',
  ENTRY_ENCRYPTED: 'error',
  ENTRY_OVERLAP: 'error',
  METHOD_UNKNOWN: 'error',
  BOMB_SUSPECTED: 'error',
  ENTRY_TOO_LARGE: 'error',
  LOCAL_HEADER_MISMATCH: 'error',
  LOCAL_HEADER_MISSING: 'error',
  DESCRIPTOR_MISMATCH: 'error',
  NAME_DUPLICATE: 'warning',
  NAME_UNSAFE: 'warning',
  NAME_UNDECODABLE: 'warning',
  NOT_IN_DIRECTORY: 'error',
} as const satisfies Record<string, Severity>;
