import { type ErrorCode, MailproofError } from '../model/index.ts';

/** Codes besides those that say so themselves for which trying again later can help. */
const LATER: ReadonlySet<ErrorCode> = new Set(['JOB_NOT_COMPLETED', 'JOB_LIMIT', 'SOURCE_CHANGED', 'CANCELLED']);

/** Names a state machine's `Retry` and `Catch` go by: Lambda hands on an error's name and nothing else of its class. */
export const RETRYABLE_NAME = 'MailproofRetryable';
export const PERMANENT_NAME = 'MailproofPermanent';

/** What every function of the hook and the fleet throws: its name says whether a retry helps, its message the code. */
export class HookFailure extends Error {
  override readonly name: typeof RETRYABLE_NAME | typeof PERMANENT_NAME;
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(error: MailproofError) {
    // Messages name keys and addresses, and Lambda logs what is thrown: only the code leaves; the rest is in `cause`.
    super(error.code, { cause: error });
    this.code = error.code;
    this.retryable = error.retryable || LATER.has(error.code);
    this.name = this.retryable ? RETRYABLE_NAME : PERMANENT_NAME;
    // The frames say nothing the code does not. There must be a stack: without one, Lambda's runtime hands on neither name
    // nor message ("there was a problem while retrieving one or more of its message, name, and stack").
    this.stack = `${this.name}: ${error.code}`;
  }
}

/** Anything thrown, as a failure. What is no run error is a bug: no retry helps it. */
export function failureOf(thrown: unknown): HookFailure {
  if (thrown instanceof HookFailure) return thrown;
  if (thrown instanceof MailproofError) return new HookFailure(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new HookFailure(new MailproofError('UNEXPECTED', message, { cause: thrown }));
}

/** Where a bug came from: the frames of its stack, which name code; its message may name mail, and is left out. */
export function framesOf({ code, cause }: HookFailure): string | null {
  if (code !== 'UNEXPECTED' || !(cause instanceof Error)) return null;
  const origin = cause.cause instanceof Error ? cause.cause : cause;
  return (origin.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 12)
    .join('\n');
}
