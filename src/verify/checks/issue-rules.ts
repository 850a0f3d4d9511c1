import type { IssueCode, ItemRecord, Severity } from '../../model/index.ts';

/** What issues of items mean for the export as a whole. */
export interface IssueRule {
  /** The check's name. */
  readonly name: string;
  readonly codes: readonly IssueCode[];
  /** What an item with such an issue shows: `error` is loss or damage. */
  readonly severity: Severity;
  /** Only of these records; absent: all. */
  readonly of?: (record: ItemRecord) => boolean;
  /**
   * Whether a witness to the octets clears it: a message that is cut is no loss of the export where the output log
   * confirms that it has all the octets it had in the mailbox.
   */
  readonly clearedBy?: 'confirmsMessages' | 'confirmsCalendars';
  readonly says: string;
}

/**
 * Messages within messages may have been cut before they were sent: a bounce returns the head of a message only. They say
 * nothing of the export.
 */
const topLevel = (record: ItemRecord): boolean => record.family.depth === 0;

/**
 * Whether the last part of a message, the one it ends in, is a file: neither text nor a message, since bounces return the
 * head of a message and leave the rest open.
 */
export function endsInFile(record: ItemRecord): boolean {
  let part = record.email?.bodyStructure;
  for (let last = part?.subParts?.at(-1); last !== undefined; last = part?.subParts?.at(-1)) part = last;
  if (part === undefined || /^(multipart|message)\//.test(part.type)) return false;
  return !part.type.startsWith('text/') || part.disposition === 'attachment';
}

/**
 * An unclosed multipart that ends in text is common in mail as sent, by programs that forget the last boundary. One that
 * ends in a file, hardly ever: there the message was cut.
 */
export const ISSUE_RULES: readonly IssueRule[] = [
  { name: 'crc', codes: ['CRC_MISMATCH'], severity: 'error', says: 'does not have the CRC-32 the archive gives it' },
  {
    name: 'truncation',
    codes: ['ENTRY_TRUNCATED', 'SIZE_MISMATCH'],
    severity: 'error',
    says: 'is not as long as the archive says',
  },
  {
    name: 'local-headers',
    codes: [
      'LOCAL_HEADER_MISMATCH',
      'LOCAL_HEADER_MISSING',
      'DESCRIPTOR_MISMATCH',
      'DIRECTORY_RECORD_MALFORMED',
      'HEADER_CHECKSUM_MISMATCH',
      'EXTRA_FIELD_MALFORMED',
      'NOT_IN_DIRECTORY',
      'GAP_UNEXPLAINED',
      'ENTRY_OVERLAP',
    ],
    severity: 'error',
    says: 'is not what the directory of the archive says',
  },
  {
    name: 'unreadable-entries',
    codes: [
      'ENTRY_UNREADABLE',
      'ENTRY_ZEROED',
      'ENTRY_ENCRYPTED',
      'METHOD_UNKNOWN',
      'ENTRY_TYPE_UNSUPPORTED',
      'BOMB_SUSPECTED',
      'ENTRY_TOO_LARGE',
    ],
    severity: 'error',
    says: 'cannot be read',
  },
  {
    name: 'duplicate-names',
    codes: ['NAME_DUPLICATE'],
    severity: 'warning',
    says: 'has a name that another entry has too',
  },
  {
    name: 'truncated-parts',
    codes: ['PART_TRUNCATED'],
    severity: 'error',
    of: topLevel,
    clearedBy: 'confirmsMessages',
    says: 'has a part that is cut',
  },
  {
    name: 'mid-part-end',
    codes: ['PART_UNCLOSED'],
    severity: 'error',
    of: (record) => topLevel(record) && endsInFile(record),
    clearedBy: 'confirmsMessages',
    says: 'ends in the middle of an attached file',
  },
  {
    name: 'mid-part-end',
    codes: ['PART_UNCLOSED'],
    severity: 'warning',
    of: (record) => topLevel(record) && !endsInFile(record),
    says: 'ends without its last boundary: cut, or sent so',
  },
  {
    name: 'mid-part-end',
    codes: ['HEADER_UNTERMINATED'],
    severity: 'warning',
    of: (record) => topLevel(record) && record.email?.bodyStructure.size === 0,
    says: 'ends within its header: cut, or sent so',
  },
  {
    name: 'calendar-end',
    codes: ['CALENDAR_UNTERMINATED'],
    severity: 'error',
    of: (record) => topLevel(record) && record.type !== 'Email',
    clearedBy: 'confirmsCalendars',
    says: 'ends before the end of its calendar',
  },
  {
    name: 'unopened-parts',
    codes: ['EMBEDDED_UNREADABLE', 'ENCRYPTED', 'LIMIT_REACHED', 'CALENDAR_UNREADABLE', 'CALENDAR_LIMIT_REACHED'],
    severity: 'warning',
    says: 'holds something that was kept but could not be opened',
  },
];
