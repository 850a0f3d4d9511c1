import type { ErrorCode } from '../model/index.ts';

/** The numbers a script sees. As with restic, an unknown non-zero number is a failure. */
export const EXIT = {
  done: 0,
  unexpected: 1,
  usage: 2,
  itemsImperfect: 3,
  incomplete: 4,
  notFound: 5,
  refused: 6,
  temporary: 7,
  damaged: 8,
  output: 9,
  unproven: 10,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The compiler checks that no error code is forgotten. */
const BY_ERROR: { readonly [code in ErrorCode]: ExitCode } = {
  USAGE: EXIT.usage,
  UNEXPECTED: EXIT.unexpected,
  LIMIT_EXCEEDED: EXIT.unexpected,
  CANCELLED: EXIT.interrupted,
  SOURCE_NOT_FOUND: EXIT.notFound,
  SOURCE_AMBIGUOUS: EXIT.notFound,
  SOURCE_CHANGED: EXIT.incomplete,
  SOURCE_TRUNCATED: EXIT.damaged,
  SOURCE_UNREADABLE: EXIT.notFound,
  FORMAT_UNKNOWN: EXIT.damaged,
  JOB_NOT_FOUND: EXIT.notFound,
  JOB_FAILED: EXIT.incomplete,
  JOB_CANCELLED: EXIT.incomplete,
  JOB_NOT_COMPLETED: EXIT.temporary,
  JOB_LIMIT: EXIT.temporary,
  ORGANIZATION_NOT_FOUND: EXIT.notFound,
  ORGANIZATION_STATE: EXIT.refused,
  ENTITY_NOT_FOUND: EXIT.notFound,
  PARAMETER_INVALID: EXIT.usage,
  MANIFEST_NOT_FOUND: EXIT.notFound,
  MANIFEST_INVALID: EXIT.incomplete,
  RECORD_NOT_FOUND: EXIT.notFound,
  ARCHIVE_TRUNCATED: EXIT.damaged,
  ARCHIVE_DAMAGED: EXIT.damaged,
  ARCHIVE_EMPTY: EXIT.damaged,
  CREDENTIALS_MISSING: EXIT.refused,
  ACCESS_DENIED: EXIT.refused,
  KEY_ACCESS_DENIED: EXIT.refused,
  KEY_DISABLED: EXIT.refused,
  KEY_NOT_FOUND: EXIT.refused,
  KEY_STATE_INVALID: EXIT.refused,
  KEY_MISMATCH: EXIT.refused,
  ENVELOPE_INVALID: EXIT.damaged,
  ENVELOPE_UNSUPPORTED: EXIT.refused,
  CIPHERTEXT_ALTERED: EXIT.damaged,
  CONTEXT_MISMATCH: EXIT.refused,
  TEMPORARY: EXIT.temporary,
  TIMEOUT: EXIT.temporary,
  OUTPUT_EXISTS: EXIT.output,
  OUTPUT_UNWRITABLE: EXIT.output,
  STATE_REFUSED: EXIT.output,
};

export const exitCodeOf = (code: ErrorCode): ExitCode => BY_ERROR[code];

const MEANINGS: readonly (readonly [string, string])[] = [
  ['0', 'done, nothing short'],
  ['1', 'unexpected: a bug'],
  ['2', 'usage'],
  ['3', 'finished, some items imperfect'],
  ['4', 'verification found something missing or different'],
  ['5', 'source, job or manifest not found'],
  ['6', 'credentials, permission or KMS key refused'],
  ['7', 'temporary failure after retries: run again'],
  ['8', 'the archive is damaged: what could be saved is saved and counted'],
  ['9', 'output exists, cannot be written, or kept progress is refused'],
  ['10', 'verify: whole as far as can be seen, nothing independent to compare with'],
  ['130/143', 'interrupted: run again to resume'],
];

/** The EXIT STATUS section of a command's help: the codes it can give. */
export function exitStatus(codes: readonly string[]): string {
  const lines = MEANINGS.filter(([code]) => codes.includes(code)).map(
    ([code, meaning]) => `  ${code.padEnd(8)} ${meaning}`,
  );
  return `\nEXIT STATUS\n${lines.join('\n')}\n`;
}

export const ALL_EXIT_CODES = MEANINGS.map(([code]) => code);
