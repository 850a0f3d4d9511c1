import { createHash } from 'node:crypto';
import { describeJob, type Job, listJobs, startJob } from '../../aws/index.ts';
import { MailproofError, type Sink } from '../../model/index.ts';
import { type ListInput, listMailboxes, patiently } from './mailboxes.ts';
import { beginRun, type MailboxOutcome, type MailboxRecord, readRecords, writeRecord } from './record.ts';

/** Where exports go. */
export interface ExportTarget {
  readonly roleArn: string;
  readonly kmsKeyArn: string;
  readonly bucket: string;
  /** Each mailbox gets a folder of its own below it. */
  readonly prefix: string;
}

export interface OrganizationInput extends ListInput {
  readonly sink: Sink;
  /** Null: nothing is started, jobs begun before are followed. */
  readonly target: ExportTarget | null;
  /** Null: exports are followed to their end and not processed. */
  readonly processMailbox: ((record: MailboxRecord, job: Job) => Promise<MailboxOutcome>) | null;
  /** Exports at once, ten at most: the service's limit. */
  readonly atOnce?: number;
  readonly pollMilliseconds?: number;
  readonly onChange?: (record: MailboxRecord) => void;
}

/** WorkMail's limit. */
const MOST_AT_ONCE = 10;
const MOST_ATTEMPTS = 3;
const DAY = 86_400_000;
const POLL_MILLISECONDS = 15_000;
const LONGEST_PAUSE = 300_000;

/** The records of a run: those written down, and of mailboxes that are new since. */
export async function takeRecords(input: OrganizationInput): Promise<MailboxRecord[]> {
  const known = await readRecords(input.sink);
  if (input.target === null) return known;
  const ids = new Set(known.map(({ id }) => id));
  const fresh = (await listMailboxes(input)).filter(({ id }) => !ids.has(id));
  for (const record of fresh) await writeRecord(input.sink, record);
  return [...known, ...fresh];
}

/**
 * Exports every mailbox of an organization within the service's limits, and processes each as it completes. Every step is
 * written to the sink first: interrupted at any point and run again, it goes on, and starts nothing twice. One mailbox
 * that fails does not stop the others. Returns the records in their last state.
 */
export async function runOrganization(input: OrganizationInput): Promise<readonly MailboxRecord[]> {
  const { sink, clock, organizationId, signal } = input;
  const { begun } = await beginRun(sink, organizationId, clock.now());
  const records = new Map((await takeRecords(input)).map((record) => [record.id, record]));
  const keep = async (record: MailboxRecord) => {
    await writeRecord(sink, record);
    records.set(record.id, record);
    input.onChange?.(record);
  };
  const inState = (state: MailboxRecord['state']) => [...records.values()].filter((record) => record.state === state);
  const starter = new Starter(input, begun, keep);
  for (;;) {
    signal?.throwIfAborted();
    for (const record of inState('exporting')) await follow(input, record, keep);
    await starter.fill(inState('waiting'), inState('exporting').length);
    const [next] = input.processMailbox === null ? [] : inState('exported');
    if (next !== undefined) {
      await processNext(input, next, keep);
      continue;
    }
    const moving = inState('exporting').length > 0 || (input.target !== null && inState('waiting').length > 0);
    if (!moving) return [...records.values()];
    await clock.sleep(input.pollMilliseconds ?? POLL_MILLISECONDS, signal);
  }
}

type Keep = (record: MailboxRecord) => Promise<void>;

const failed = (record: MailboxRecord, { code, message }: Pick<MailproofError, 'code' | 'message'>): MailboxRecord => ({
  ...record,
  state: 'failed',
  failure: { code, message },
});

/** What ends everything rather than one mailbox: it would end every other one too. */
const OF_ALL = new Set(['CANCELLED', 'CREDENTIALS_MISSING', 'ORGANIZATION_NOT_FOUND', 'ORGANIZATION_STATE']);

function ofThisMailbox(error: unknown): MailproofError {
  if (error instanceof MailproofError && !OF_ALL.has(error.code)) return error;
  throw error;
}

async function follow(input: OrganizationInput, record: MailboxRecord, keep: Keep): Promise<void> {
  const job = await look(input, record);
  if (job === null) return;
  if (job instanceof MailproofError) return keep(failed(record, job));
  if (job.state === 'COMPLETED') return keep({ ...record, state: 'exported' });
  if (job.state !== 'FAILED' && job.state !== 'CANCELLED') return;
  const code = job.state === 'FAILED' ? 'JOB_FAILED' : 'JOB_CANCELLED';
  const message = job.errorInfo ?? 'WorkMail gives no reason';
  // A person cancelled it: it is not begun again behind their back.
  const again = job.state === 'FAILED' && input.target !== null && record.attempt < MOST_ATTEMPTS;
  await keep(again ? { ...record, state: 'waiting', jobId: null } : failed(record, { code, message }));
}

/** The job; null where it could not be asked for a passing reason; the error where it is this mailbox's own. */
async function look(input: OrganizationInput, { jobId }: MailboxRecord): Promise<Job | MailproofError | null> {
  const { clients, organizationId, signal } = input;
  try {
    return await describeJob({ workmail: clients.workmail, organizationId, jobId: jobId ?? '', signal });
  } catch (error) {
    const own = ofThisMailbox(error);
    return own.retryable ? null : own;
  }
}

async function processNext(input: OrganizationInput, record: MailboxRecord, keep: Keep): Promise<void> {
  const { clients, clock, organizationId, signal, processMailbox } = input;
  if (processMailbox === null) return;
  const request = { workmail: clients.workmail, organizationId, jobId: record.jobId ?? '', signal };
  try {
    const outcome = await patiently(clock, signal, async () => processMailbox(record, await describeJob(request)));
    await keep({ ...record, state: 'processed', outcome, failure: null });
  } catch (error) {
    await keep(failed(record, ofThisMailbox(error)));
  }
}

/** Starts exports as slots come free, and backs off where WorkMail says that a limit is reached. */
class Starter {
  readonly #input: OrganizationInput;
  readonly #begun: string;
  readonly #keep: Keep;
  /** When each mailbox may be tried again, in milliseconds since 1970. */
  readonly #notBefore = new Map<string, number>();
  #pausedUntil = 0;
  #refusals = 0;

  constructor(input: OrganizationInput, begun: string, keep: Keep) {
    this.#input = input;
    this.#begun = begun;
    this.#keep = keep;
  }

  async fill(waiting: readonly MailboxRecord[], running: number): Promise<void> {
    const { target, clock, atOnce = MOST_AT_ONCE } = this.#input;
    if (target === null) return;
    let free = Math.min(atOnce, MOST_AT_ONCE) - running;
    for (const record of waiting) {
      if (free <= 0 || clock.now() < this.#pausedUntil) return;
      if (clock.now() < (this.#notBefore.get(record.id) ?? 0)) continue;
      if (await this.#start(record, target)) free--;
    }
  }

  async #start(record: MailboxRecord, target: ExportTarget): Promise<boolean> {
    const { clients, clock, organizationId, signal } = this.#input;
    const attempt = record.attempt + 1;
    const prefix = `${target.prefix.replace(/\/+$/, '')}/${record.id}`;
    const token = createHash('sha256').update(
      JSON.stringify([organizationId, record.id, prefix, this.#begun, attempt]),
    );
    try {
      const { jobId } = await startJob({
        workmail: clients.workmail,
        organizationId,
        entityId: record.id,
        ...target,
        prefix,
        clientToken: `mailproof-${token.digest('hex')}`,
        clock,
        signal,
      });
      this.#refusals = 0;
      await this.#keep({ ...record, state: 'exporting', attempt, jobId, failure: null });
      return true;
    } catch (error) {
      const own = ofThisMailbox(error);
      if (own.code === 'JOB_LIMIT') return this.#limited(record, target);
      if (own.retryable) this.#pause();
      else await this.#keep(failed(record, own));
      return false;
    }
  }

  /**
   * LimitExceededException says that ten are running, or that this mailbox was exported within 24 hours. A job of this
   * mailbox to our own bucket is as good as one of ours: it is taken over.
   */
  async #limited(record: MailboxRecord, target: ExportTarget): Promise<boolean> {
    const { clients, clock, organizationId, signal } = this.#input;
    const job = await patiently(clock, signal, async () => {
      for await (const each of listJobs({ workmail: clients.workmail, organizationId, signal })) {
        const started = Date.parse(each.startTime ?? '');
        const counts = each.state === 'RUNNING' || each.state === 'COMPLETED';
        if (each.entityId === record.id && counts && clock.now() - started < DAY) return each;
      }
      return null;
    });
    if (job === null) {
      this.#pause();
      return false;
    }
    if (job.bucket !== target.bucket) {
      this.#notBefore.set(record.id, Date.parse(job.startTime ?? '') + DAY);
      return false;
    }
    await this.#keep({ ...record, state: 'exporting', attempt: record.attempt + 1, jobId: job.jobId, failure: null });
    return job.state === 'RUNNING';
  }

  #pause(): void {
    const { clock, pollMilliseconds = POLL_MILLISECONDS } = this.#input;
    this.#pausedUntil = clock.now() + Math.min(LONGEST_PAUSE, pollMilliseconds * 2 ** this.#refusals);
    this.#refusals = Math.min(16, this.#refusals + 1);
  }
}
