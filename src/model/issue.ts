import { ARCHIVE_ISSUES } from './issue-codes/archive.ts';
import { CALENDAR_ISSUES } from './issue-codes/calendar.ts';
import { MIME_ISSUES } from './issue-codes/mime.ts';
import type { Severity } from './issue-codes/severity.ts';

export type { Severity } from './issue-codes/severity.ts';

/** Every issue an item can have, with its severity. A code, once published, keeps its meaning. */
export const ISSUE_SEVERITIES = { ...ARCHIVE_ISSUES, ...MIME_ISSUES, ...CALENDAR_ISSUES } as const;

export type IssueCode = keyof typeof ISSUE_SEVERITIES;

/** An imperfection of one item: recorded beside what was read, never thrown. */
export interface Issue {
  readonly code: IssueCode;
  readonly severity: Severity;
  /** One sentence for a person; holds no message content beyond a short quoted token. */
  readonly message: string;
  /** The MIME part (`1.2`) or header field it is about, where there is one. */
  readonly part?: string;
}

/** Makes an issue with its code's severity. */
export function issue(code: IssueCode, message: string, part?: string): Issue {
  return part === undefined
    ? { code, severity: ISSUE_SEVERITIES[code], message }
    : { code, severity: ISSUE_SEVERITIES[code], message, part };
}
