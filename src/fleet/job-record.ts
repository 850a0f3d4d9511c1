import { z } from 'zod';
import { compareKeysFinding, JOB_STATES, type Job } from '../aws/index.ts';
import { WORK_PREFIX } from '../manifest/index.ts';
import type { JsonObject, Sink } from '../model/index.ts';
import { jobFacts, type OpenedExport } from './open-export.ts';
import { readRecord } from './records.ts';

/** Kept from the plan to the merge: a container is given the archive's place only. */
const JOB_PATH = `${WORK_PREFIX}fleet/job.json`;

const text = z.string().nullable();

export const jobSchema = z.object({
  organizationId: z.string(),
  jobId: z.string(),
  entityId: text,
  description: text,
  roleArn: text,
  kmsKeyArn: text,
  bucket: text,
  prefix: text,
  path: text,
  state: z.enum(JOB_STATES),
  progress: z.number().nullable(),
  errorInfo: text,
  startTime: text,
  endTime: text,
}) satisfies z.ZodType<Job>;

/** Keeps the job that wrote the archive for whoever finishes the run. */
export async function keepJob(sink: Sink, job: Job): Promise<void> {
  await sink.put(JOB_PATH, Buffer.from(`${JSON.stringify(job)}\n`));
}

/** The job of a run that is not finished, or null. */
export const keptJob = (sink: Sink): Promise<Job | null> => readRecord(sink, JOB_PATH, jobSchema);

/** The job in the facts of a source, or null. */
export function jobInFacts(facts: JsonObject): Job | null {
  const read = z.object({ job: jobSchema }).safeParse(facts);
  return read.success ? read.data.job : null;
}

/** The job in the custody record of a finished run, or null. */
export function jobInCustody(custody: JsonObject | null): Job | null {
  const read = z.object({ source: z.object({ job: jobSchema }) }).safeParse(custody);
  return read.success ? read.data.source.job : null;
}

/** An export that was opened by its place, with what its job says of it. One that was opened by its job is returned as it is. */
export function withJob<T extends OpenedExport>(opened: T, job: Job | null): T {
  const { facts, sourceFacts, findings } = opened;
  if (job === null || sourceFacts.job !== null) return opened;
  const different = compareKeysFinding(sourceFacts.object?.kmsKeyId ?? null, job.kmsKeyArn);
  return {
    ...opened,
    facts: { ...facts, kind: 'job', job: { ...job } },
    sourceFacts: { ...sourceFacts, job: jobFacts(job) },
    findings: different === null ? findings : [...findings, different],
  };
}
