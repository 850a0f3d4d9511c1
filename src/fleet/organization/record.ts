import { z } from 'zod';
import { isThere, MailproofError, type Sink } from '../../model/index.ts';
import { readRecord } from '../records.ts';

/**
 * `waiting` for a slot → `exporting` → `exported` → `processed`; or `failed`, with the reason. Each step is written down
 * before the next is taken, so that an interrupted run goes on where it was.
 */
export const MAILBOX_STATES = ['waiting', 'exporting', 'exported', 'processed', 'failed'] as const;
export type MailboxState = (typeof MAILBOX_STATES)[number];

const outcomeSchema = z.strictObject({
  items: z.number(),
  issues: z.number(),
  errors: z.number(),
  verdict: z.enum(['COMPLETE', 'INCOMPLETE', 'UNPROVEN']),
  manifest: z.string(),
});
export type MailboxOutcome = z.infer<typeof outcomeSchema>;

const recordSchema = z.strictObject({
  id: z.string().min(1),
  kind: z.enum(['user', 'resource']),
  name: z.string().nullable(),
  email: z.string().nullable(),
  /** What GetMailboxDetails said, whole megabytes. */
  megabytes: z.number().nullable(),
  state: z.enum(MAILBOX_STATES),
  /** Exports begun: part of the token, so that another try is not the failed job again. */
  attempt: z.number().int().min(0),
  jobId: z.string().nullable(),
  outcome: outcomeSchema.nullable(),
  failure: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
});
/** One mailbox of a run over an organization. */
export type MailboxRecord = z.infer<typeof recordSchema>;

const runSchema = z.strictObject({ organizationId: z.string(), begun: z.string() });

const FOLDER = 'organization/';
const RUN_PATH = `${FOLDER}run.json`;
/** Ids of WorkMail are UUIDs, `r-…` or `S-1-…`; anything else must not become a path. */
const recordPath = (id: string): string => `${FOLDER}mailboxes/${id.replaceAll(/[^A-Za-z0-9-]/g, '_')}.json`;

/** Where the manifest of a mailbox goes, below the destination. */
export const mailboxFolder = (id: string): string => `mailboxes/${id.replaceAll(/[^A-Za-z0-9-]/g, '_')}`;

/**
 * Begins a run, or finds the one begun before: its time is part of every token, so that a start that was lost on the way
 * back is the same start when it is made again. Throws OUTPUT_EXISTS where the destination is another organization's.
 */
export async function beginRun(sink: Sink, organizationId: string, now: number): Promise<{ begun: string }> {
  const known = await readRecord(sink, RUN_PATH, runSchema);
  if (known !== null) {
    if (known.organizationId === organizationId) return known;
    throw new MailproofError('OUTPUT_EXISTS', `${sink.location} holds a run over ${known.organizationId}.`, {
      advice: 'Give another --out.',
    });
  }
  const run = { organizationId, begun: new Date(now).toISOString() };
  await sink.put(RUN_PATH, Buffer.from(`${JSON.stringify(run)}\n`));
  return run;
}

/** Writes a mailbox down. */
export async function writeRecord(sink: Sink, record: MailboxRecord): Promise<void> {
  await sink.put(recordPath(record.id), Buffer.from(`${JSON.stringify(record, null, 1)}\n`));
}

/** The mailboxes of a run, by email. Empty where none was begun. Throws MANIFEST_INVALID. */
export async function readRecords(sink: Sink): Promise<MailboxRecord[]> {
  if (!(await isThere(sink, RUN_PATH))) return [];
  const records: MailboxRecord[] = [];
  for await (const { path } of sink.list(`${FOLDER}mailboxes/`)) {
    const record = await readRecord(sink, path, recordSchema);
    if (record !== null) records.push(record);
  }
  return records.sort((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1));
}

const sortKey = ({ email, id }: MailboxRecord): string => `${email ?? ''}\0${id}`;
