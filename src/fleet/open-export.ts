import {
  type AwsClients,
  compareKeysFinding,
  createChecksum,
  findOutputLogs,
  type Job,
  openS3Object,
  preflightKey,
  wholeObjectDigest,
} from '../aws/index.ts';
import type { ByteSource, Finding, JsonObject } from '../model/index.ts';
import type { RawChecksum } from '../pipeline/process.ts';
import { objectFacts, type SourceFacts } from '../verify/facts.ts';

/** An object of S3. */
export interface ExportAddress {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | null;
}

/** An export in S3, ready to be read, and what was learned on the way to it. */
export interface OpenedExport {
  readonly source: ByteSource;
  /** For the custody record. */
  readonly facts: JsonObject;
  /** The same, as far as verification uses it. */
  readonly sourceFacts: SourceFacts;
  readonly findings: readonly Finding[];
  /** What S3 holds as the whole object's checksum, to be held against what is read. */
  readonly checksum: RawChecksum | null;
}

/** Opens an export: the object, its key's state, the output logs beside it. Throws what `openS3Object` throws. */
export async function openExport(
  clients: AwsClients,
  address: ExportAddress,
  job: Job | null,
  signal?: AbortSignal,
): Promise<OpenedExport> {
  const { bucket, key, versionId } = address;
  const pin = versionId === null ? {} : { versionId };
  const source = await openS3Object({ s3: clients.s3, bucket, key, ...pin, signal });
  try {
    const { details, ...identity } = source.identity;
    const objectKey = typeof details['kmsKeyId'] === 'string' ? details['kmsKeyId'] : null;
    const keyArn = job?.kmsKeyArn ?? objectKey;
    const preflight = keyArn === null ? null : await preflightKey(clients.kms, keyArn, signal);
    const different = job === null ? null : compareKeysFinding(objectKey, job.kmsKeyArn);
    const logs = await findOutputLogs({ s3: clients.s3, bucket, key, signal });
    const { findings: ofKey = [], ...keyFacts } = preflight ?? {};
    return {
      source,
      facts: {
        kind: job === null ? 's3' : 'job',
        location: identity.location,
        object: { ...identity, size: source.size, ...details },
        ...(job !== null && { job: { ...job } }),
        ...(preflight !== null && { key: { ...keyFacts } }),
        outputLogs: logs.map((log) => ({ ...log })),
      },
      sourceFacts: {
        job: job === null ? null : jobFacts(job),
        object: objectFacts(source),
        outputLogs: logs.map(({ location, values }) => ({ where: location, values })),
        mailbox: null,
      },
      findings: different === null ? [...ofKey] : [...ofKey, different],
      checksum: rawChecksum(source),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** What verification needs of a job. */
function jobFacts(job: Job): NonNullable<SourceFacts['job']> {
  const { jobId, state, startTime, endTime, kmsKeyArn, bucket, path, errorInfo } = job;
  return { jobId, state, startTime, endTime, kmsKeyArn, s3BucketName: bucket, s3Path: path, errorInfo };
}

/** Takes the checksum S3 holds of the whole object while it is read, and says whether the two agree. */
export function rawChecksum(source: ByteSource): RawChecksum | null {
  const expected = wholeObjectDigest(source.identity);
  if (expected === null) return null;
  const checksum = createChecksum(expected.algorithm);
  return {
    update: (chunk) => checksum.update(chunk),
    finding() {
      const found = checksum.digest();
      const agrees = found === expected.expected;
      return {
        check: 'archive-checksum',
        severity: agrees ? 'info' : 'error',
        message: `What was read has ${agrees ? '' : 'not '}the ${expected.algorithm} checksum S3 holds of the object.`,
        expected: expected.expected,
        found,
      };
    },
  };
}
