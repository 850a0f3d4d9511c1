import { type AwsClients, getMailboxDetails, listResources, listUsers, type MailboxOwner } from '../../aws/index.ts';
import { type Clock, MailproofError } from '../../model/index.ts';
import type { MailboxRecord } from './record.ts';

/** Users WorkMail keeps for itself have no mailbox to export. */
const WITHOUT_MAILBOX: ReadonlySet<string> = new Set(['SYSTEM_USER', 'REMOTE_USER']);

export interface ListInput {
  readonly clients: AwsClients;
  readonly clock: Clock;
  readonly organizationId: string;
  readonly signal?: AbortSignal | undefined;
}

/** Pauses of a call WorkMail throttles, in milliseconds. */
const PAUSES = [500, 1_000, 2_000, 4_000, 8_000, 16_000] as const;

/** Makes a call again as long as its failure is temporary. */
export async function patiently<T>(clock: Clock, signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof MailproofError) || error.code !== 'TEMPORARY') throw error;
      await clock.sleep(pause, signal);
    }
  }
  return call();
}

/** Every user and resource with a mailbox, as records that wait, with their sizes. */
export async function listMailboxes(input: ListInput): Promise<MailboxRecord[]> {
  const { clients, clock, organizationId, signal } = input;
  const request = { workmail: clients.workmail, organizationId, signal };
  const owners = await patiently(clock, signal, async () => {
    const all: MailboxOwner[] = [];
    for await (const user of listUsers(request)) all.push(user);
    for await (const resource of listResources(request)) all.push(resource);
    return all;
  });
  const records: MailboxRecord[] = [];
  for (const { id, kind, name, email, state, role } of owners) {
    if (state !== 'ENABLED' || WITHOUT_MAILBOX.has(role ?? '')) continue;
    const megabytes = await patiently(clock, signal, () => getMailboxDetails({ ...request, userId: id })).then(
      (details) => details.sizeMegabytes,
      (error: unknown) => {
        // A size is for the estimate only; what is refused here is told when the export is started.
        if (error instanceof MailproofError && error.code !== 'CANCELLED') return null;
        throw error;
      },
    );
    const begin = { attempt: 0, jobId: null, outcome: null, failure: null };
    records.push({ id, kind, name, email, megabytes, state: 'waiting', ...begin });
  }
  return records;
}
