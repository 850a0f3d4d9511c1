import { type EntryBatch, MailproofError } from '../model/index.ts';

/** A thread that ran out of memory or was killed takes its batch with it: say which entries that was. */
export function lost(batch: EntryBatch, cause: unknown): MailproofError {
  const [first, last] = [batch.entries[0]?.ordinal ?? 0, batch.entries.at(-1)?.ordinal ?? 0];
  const why = cause instanceof Error ? cause.message : String(cause);
  return new MailproofError('UNEXPECTED', `The worker that read entries ${first} to ${last} ended: ${why}.`, {
    cause,
    advice: 'Run again with --workers 1; if it ends again, report it with the entry named here.',
    details: { firstEntry: first, lastEntry: last },
  });
}
