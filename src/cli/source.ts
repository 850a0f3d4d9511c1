import type { Job } from '../aws/index.ts';
import type { ByteSource, Finding, JsonObject } from '../model/index.ts';
import type { RawChecksum } from '../pipeline/process.ts';
import { type JobFacts, objectFacts, type SourceFacts } from '../verify/facts.ts';
import type { Context } from './context.ts';

export interface SourceOptions {
  readonly versionId?: string;
  readonly wait?: boolean;
}

/** A source, ready to be read, and what was learned on the way to it. */
export interface OpenedSource {
  readonly source: ByteSource;
  /** For the custody record: job, object, how S3Path was read, the key, output logs beside the archive. */
  readonly facts: JsonObject;
  /** The same, as far as verification uses it. */
  readonly sourceFacts: SourceFacts;
  readonly findings: readonly Finding[];
  /** What S3 says the whole object's checksum is, to be held against what was read. */
  readonly checksum: RawChecksum | null;
  close(): void;
}

/** SOURCE: `s3://bucket/key`, `job:ORGANIZATION/JOBID`, or a path. */
export async function openSource(context: Context, argument: string, options: SourceOptions): Promise<OpenedSource> {
  if (!/^(?:s3|job):/.test(argument)) {
    const { openFile } = await import('../io/index.ts');
    const source = await openFile(argument);
    const { location, etag, lastModified } = source.identity;
    const facts = { kind: 'file', location, etag, lastModified, size: source.size };
    const sourceFacts: SourceFacts = { job: null, object: objectFacts(source), outputLogs: [], mailbox: null };
    return { source, facts, sourceFacts, findings: [], checksum: null, close: () => undefined };
  }
  return openRemote(context, argument, options);
}

async function openRemote(context: Context, argument: string, options: SourceOptions): Promise<OpenedSource> {
  const aws = await import('../aws/index.ts');
  const { signal, printer } = context;
  const location = aws.parseSourceLocation(argument);
  const clients = aws.createClients();
  try {
    let job: Job | null = null;
    let found: { bucket: string; key: string; versionId: string | null };
    const facts: { [name: string]: JsonObject[string] } = {};
    if (location.kind === 'job') {
      const request = { workmail: clients.workmail, ...location, signal };
      job =
        options.wait === true
          ? await aws.waitForJob({
              ...request,
              clock: context.clock,
              onProgress: (state) => printer.note(jobNote(state)),
            })
          : await aws.describeJob(request);
      const located = await aws.locateExport(job, clients.s3, signal);
      found = located;
      facts['job'] = { ...job };
      facts['located'] = { reading: located.reading, tried: located.tried.map((tried) => ({ ...tried })) };
    } else if (location.kind === 's3') {
      found = { ...location, versionId: options.versionId ?? location.versionId };
    } else throw new RangeError(`${argument} is a path`);
    const findings: Finding[] = [];
    if (job?.kmsKeyArn !== null && job?.kmsKeyArn !== undefined) {
      findings.push(...(await preflight(aws, clients.kms, job.kmsKeyArn, facts, signal)));
    }
    const { versionId, ...address } = found;
    const source = await aws.openS3Object({
      s3: clients.s3,
      ...address,
      ...(versionId !== null && { versionId }),
      signal,
    });
    const { details, ...identity } = source.identity;
    const key = details['kmsKeyId'];
    const objectKey = typeof key === 'string' ? key : null;
    if (job === null && objectKey !== null) {
      findings.push(...(await preflight(aws, clients.kms, objectKey, facts, signal)));
    }
    if (job !== null) {
      const different = aws.compareKeysFinding(objectKey, job.kmsKeyArn);
      if (different !== null) findings.push(different);
    }
    facts['object'] = { ...identity, size: source.size, ...details };
    const logs = await aws.findOutputLogs({ s3: clients.s3, ...address, signal });
    facts['outputLogs'] = logs.map((log) => ({ ...log }));
    for (const finding of findings) printer.finding(finding);
    return {
      source,
      sourceFacts: {
        job: job === null ? null : jobFacts(job),
        object: objectFacts(source),
        outputLogs: logs.map(({ location: where, values }) => ({ where, values })),
        mailbox: null,
      },
      facts: { kind: job === null ? 's3' : 'job', ...facts, location: identity.location },
      findings,
      checksum: rawChecksum(aws, source),
      close: () => clients.destroy(),
    };
  } catch (error) {
    clients.destroy();
    throw error;
  }
}

const jobFacts = (job: Job): JobFacts => ({
  jobId: job.jobId,
  state: job.state,
  startTime: job.startTime,
  endTime: job.endTime,
  kmsKeyArn: job.kmsKeyArn,
  s3BucketName: job.bucket,
  s3Path: job.path,
  errorInfo: job.errorInfo,
});

const jobNote = (job: Job): string =>
  `Job ${job.jobId}: ${job.state}${job.progress === null ? '' : `, ${job.progress} %`}`;

type Aws = typeof import('../aws/index.ts');

async function preflight(
  aws: Aws,
  kms: Parameters<Aws['preflightKey']>[0],
  arn: string,
  facts: { [name: string]: JsonObject[string] },
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { findings, ...key } = await aws.preflightKey(kms, arn, signal);
  facts['key'] = key;
  return findings;
}

/** Takes the checksum S3 holds of the whole object while it is read, and says where the two differ. */
function rawChecksum(aws: Aws, source: ByteSource): RawChecksum | null {
  const expected = aws.wholeObjectDigest(source.identity);
  if (expected === null) return null;
  const checksum = aws.createChecksum(expected.algorithm);
  return {
    update: (chunk) => checksum.update(chunk),
    finding() {
      const found = checksum.digest();
      const check = 'archive-checksum';
      if (found === expected.expected) {
        const message = `What was read has the ${expected.algorithm} checksum S3 holds of the object.`;
        return { check, severity: 'info', message, expected: expected.expected, found };
      }
      const message = `What was read has not the ${expected.algorithm} checksum S3 holds of the object.`;
      return { check, severity: 'error', message, expected: expected.expected, found };
    },
  };
}
