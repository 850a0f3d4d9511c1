import { MailproofError } from './errors.ts';

/**
 * The error an aborted signal stands for: its reason where that is already a run error, else CANCELLED.
 * One shape for every way of being interrupted, so that callers test a code and never an `AbortError` name.
 */
export function cancelled(signal: AbortSignal): MailproofError {
  const reason: unknown = signal.reason;
  if (reason instanceof MailproofError) return reason;
  return new MailproofError('CANCELLED', 'The run was interrupted.', {
    cause: reason,
    advice: 'Run the same command again to resume.',
  });
}

/** Throws CANCELLED where the signal is already aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled(signal);
}
