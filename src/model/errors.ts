/**
 * What ends a run. An item's imperfection is an `Issue`, never one of these.
 * `cli/exit-codes.ts` maps every code to a number; the compiler checks that none is forgotten.
 */
export const ERROR_CODES = [
  'USAGE',
  'UNEXPECTED',
  'LIMIT_EXCEEDED',
  'CANCELLED',
  // source, job, manifest
  'SOURCE_NOT_FOUND',
  'SOURCE_AMBIGUOUS',
  'SOURCE_CHANGED',
  'SOURCE_TRUNCATED',
  'SOURCE_UNREADABLE',
  'FORMAT_UNKNOWN',
  'JOB_NOT_FOUND',
  'JOB_FAILED',
  'JOB_CANCELLED',
  'JOB_NOT_COMPLETED',
  'JOB_LIMIT',
  'ORGANIZATION_NOT_FOUND',
  'ORGANIZATION_STATE',
  'ENTITY_NOT_FOUND',
  'PARAMETER_INVALID',
  'MANIFEST_NOT_FOUND',
  'MANIFEST_INVALID',
  'RECORD_NOT_FOUND',
  // archive
  'ARCHIVE_TRUNCATED',
  'ARCHIVE_DAMAGED',
  'ARCHIVE_EMPTY',
  // access
  'CREDENTIALS_MISSING',
  'ACCESS_DENIED',
  'KEY_ACCESS_DENIED',
  'KEY_DISABLED',
  'KEY_NOT_FOUND',
  'KEY_STATE_INVALID',
  'KEY_MISMATCH',
  // envelopes
  'ENVELOPE_INVALID',
  'ENVELOPE_UNSUPPORTED',
  'CIPHERTEXT_ALTERED',
  'CONTEXT_MISMATCH',
  // transport
  'TEMPORARY',
  'TIMEOUT',
  // output
  'OUTPUT_EXISTS',
  'OUTPUT_UNWRITABLE',
  'STATE_REFUSED',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface MailproofErrorOptions {
  readonly cause?: unknown;
  /** What to do about it, one sentence. */
  readonly advice?: string;
  /** Facts for machines: keys, ARNs, offsets. Never message content. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
  /** Whether running the same again can help. */
  readonly retryable?: boolean;
}

/** A run error: one sentence that says what failed, found versus expected; and what to do. */
export class MailproofError extends Error {
  override readonly name = 'MailproofError';
  readonly code: ErrorCode;
  readonly advice: string | null;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: MailproofErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.advice = options.advice ?? null;
    this.details = options.details ?? {};
    this.retryable = options.retryable ?? (code === 'TEMPORARY' || code === 'TIMEOUT');
  }
}
