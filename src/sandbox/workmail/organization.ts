import type { Clock } from '../../model/index.ts';
import type { Access } from '../access.ts';
import { uuid } from '../kms/key-store.ts';
import { WorkMailError } from './error.ts';
import { DEFAULT_BEHAVIOUR, type ExportJob, type JobBehaviour } from './job.ts';
import type { SandboxEntity } from './mailbox.ts';
import { type ExportContext, runExport } from './run-export.ts';

export interface OrganizationOptions extends ExportContext {
  readonly id: string;
  readonly alias: string;
  readonly domain: string;
  readonly entities: readonly SandboxEntity[];
  readonly access: Access;
  readonly random: (size: number) => Uint8Array;
  readonly behaviour: Partial<JobBehaviour>;
}

/** What a job is started with. */
export interface JobRequest {
  readonly clientToken: string;
  readonly entityId: string;
  readonly description: string | null;
  readonly roleArn: string;
  readonly kmsKeyArn: string;
  readonly bucket: string;
  readonly prefix: string;
}

const DAY = 86_400_000;

/** One WorkMail organization: its mailboxes and its export jobs. */
export class Organization {
  readonly id: string;
  readonly alias: string;
  readonly domain: string;
  readonly entities: readonly SandboxEntity[];
  readonly access: Access;
  /** `Active`, or a state in which every operation is refused. */
  state = 'Active';
  readonly behaviour: JobBehaviour;
  /** In the order they were started. */
  readonly jobs: ExportJob[] = [];
  readonly clock: Clock;
  readonly #options: OrganizationOptions;
  readonly #running = new Set<Promise<void>>();

  constructor(options: OrganizationOptions) {
    this.id = options.id;
    this.alias = options.alias;
    this.domain = options.domain;
    this.entities = options.entities;
    this.access = options.access;
    this.clock = options.clock;
    this.behaviour = { ...DEFAULT_BEHAVIOUR, ...options.behaviour };
    this.#options = options;
  }

  /** The entity of an id, a name or an address. Throws EntityNotFoundException. */
  entity(reference: string): SandboxEntity {
    const wanted = reference.toLowerCase();
    const found = this.entities.find(
      (each) => each.id === wanted || each.name.toLowerCase() === wanted || each.email.toLowerCase() === wanted,
    );
    if (found === undefined)
      throw new WorkMailError('EntityNotFoundException', `The entity ${reference} does not exist in the organization.`);
    return found;
  }

  job(id: string): ExportJob {
    const found = this.jobs.find((job) => job.id === id);
    if (found === undefined) throw new WorkMailError('EntityNotFoundException', `The export job ${id} does not exist.`);
    return found;
  }

  /** Starts a job, or gives the one the same token started. Throws LimitExceededException, InvalidParameterException. */
  start(request: JobRequest): ExportJob {
    const entity = this.entity(request.entityId);
    const known = this.jobs.find((job) => job.clientToken === request.clientToken);
    if (known !== undefined) {
      const same =
        known.entityId === entity.id &&
        known.bucket === request.bucket &&
        known.prefix === request.prefix &&
        known.kmsKeyArn === request.kmsKeyArn &&
        known.roleArn === request.roleArn;
      if (same) return known;
      throw new WorkMailError('InvalidParameterException', 'The client token was used before with other parameters.');
    }
    const now = this.clock.now();
    const { behaviour } = this;
    if (this.jobs.filter((job) => job.state === 'RUNNING').length >= behaviour.maximumRunning)
      throw new WorkMailError(
        'LimitExceededException',
        `The organization has ${behaviour.maximumRunning} running export jobs, the maximum.`,
      );
    const recent = (job: ExportJob) =>
      job.entityId === entity.id && now - job.startTime < DAY && (job.state === 'RUNNING' || job.state === 'COMPLETED');
    if (behaviour.oncePerDay && this.jobs.some(recent))
      throw new WorkMailError('LimitExceededException', 'The mailbox can be exported once in 24 hours.');
    const job: ExportJob = {
      ...request,
      id: uuid(this.#options.random(16)),
      entityId: entity.id,
      startTime: now,
      endTime: null,
      state: 'RUNNING',
      progress: 0,
      path: null,
      errorInfo: null,
      abort: new AbortController(),
    };
    this.jobs.push(job);
    const run = runExport(job, entity, { ...behaviour }, this.#options).finally(() => this.#running.delete(run));
    this.#running.add(run);
    return job;
  }

  /** Puts a job into the list as it is: one that ended long ago, or failed. */
  addJob(fields: Partial<ExportJob> & Pick<ExportJob, 'id' | 'entityId' | 'bucket' | 'prefix'>): ExportJob {
    const job: ExportJob = {
      clientToken: fields.id,
      description: null,
      roleArn: '',
      kmsKeyArn: '',
      startTime: this.clock.now(),
      endTime: null,
      state: 'COMPLETED',
      progress: 100,
      path: null,
      errorInfo: null,
      abort: new AbortController(),
      ...fields,
    };
    this.jobs.push(job);
    return job;
  }

  /** Cancels a running job. Throws InvalidParameterException when it is over. */
  cancel(id: string): void {
    const job = this.job(id);
    if (job.state === 'CANCELLED') return;
    if (job.state !== 'RUNNING')
      throw new WorkMailError(
        'InvalidParameterException',
        `The export job ${id} is ${job.state} and cannot be cancelled.`,
      );
    job.state = 'CANCELLED';
    job.endTime = this.clock.now();
    job.abort.abort(new Error('the job was cancelled'));
  }

  /** Stops every job and waits until none writes any more. */
  async close(): Promise<void> {
    for (const job of this.jobs) job.abort.abort(new Error('the sandbox was closed'));
    await Promise.all(this.#running);
  }
}
