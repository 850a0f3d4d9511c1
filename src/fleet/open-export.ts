import {
  type AwsClients,
  askCaller,
  type Caller,
  compareKeysFinding,
  findOutputLogs,
  getMailboxDetails,
  type Job,
  openS3Object,
  preflightKey,
  readInstructionFile,
} from '../aws/index.ts';
import type { KeyMaterial } from '../decrypt/index.ts';
import { type ByteSource, type Finding, type JsonObject, MailproofError } from '../model/index.ts';
import type { RawChecksum } from '../pipeline/process.ts';
import { objectFacts, type SourceFacts } from '../verify/facts.ts';
import { rawChecksum } from './raw-checksum.ts';
import { metadataOf, type UnwrapDepth, unwrapped, wrappingFacts } from './unwrapped.ts';

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
  /** Asks whose credentials open it, for the custody record. Absent: nothing is asked of AWS. */
  readonly caller?: () => Promise<Caller>;
  /** Only while inspecting: what the octets hold that were not read, since they can be read forwards only. */
  readonly unread?: string;
}

/** An export as S3 holds it: perhaps in an envelope, perhaps in an outer archive. */
export interface StoredExport {
  /** The octets as stored; closed with what `open` returns, or by whoever does not call it. */
  readonly source: ByteSource;
  /** Opens whatever it is wrapped in. Closes `source` when it throws. */
  open(depth?: UnwrapDepth): Promise<OpenedExport>;
}

export interface OpenOptions {
  /** What is accepted of client-side encryption, whatever the envelope says. */
  readonly pins?: KeyMaterial | undefined;
  readonly inspecting?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks for an export: the object, its key's state, the output logs beside it. Reads nothing of it: what is encrypted by a
 * client costs a whole reading to open, and who only wants its size must not pay that. Throws what `openS3Object` throws.
 */
export async function openStored(
  clients: AwsClients,
  address: ExportAddress,
  job: Job | null,
  { pins = {}, inspecting = false, signal = new AbortController().signal }: OpenOptions = {},
): Promise<StoredExport> {
  const { bucket, key, versionId } = address;
  const pin = versionId === null ? {} : { versionId };
  const { s3, kms } = clients;
  const stored = await openS3Object({ s3, bucket, key, ...pin, signal });
  try {
    const { details, ...identity } = stored.identity;
    const objectKey = typeof details['kmsKeyId'] === 'string' ? details['kmsKeyId'] : null;
    const keyArn = job?.kmsKeyArn ?? objectKey;
    const preflight = keyArn === null ? null : await preflightKey(kms, keyArn, signal);
    const different = job === null ? null : compareKeysFinding(objectKey, job.kmsKeyArn);
    const logs = await findOutputLogs({ s3, bucket, key, signal });
    const mailbox = job === null || inspecting ? null : await mailboxFacts(clients, job, signal);
    const { findings: ofKey = [], ...keyFacts } = preflight ?? {};
    const found = different === null ? [...ofKey] : [...ofKey, different];
    const place = {
      metadata: metadataOf(details),
      instructionFile: () => readInstructionFile({ s3, bucket, key, signal }),
    };
    return {
      source: stored,
      async open(depth = 'all') {
        const request = { place, pins, kms: async () => kms, signal, inspecting, depth };
        const { source, findings, unread } = await unwrapped(stored, request);
        return {
          source,
          ...(unread !== undefined && { unread }),
          facts: {
            kind: job === null ? 's3' : 'job',
            location: identity.location,
            object: { ...identity, size: stored.size, ...details },
            ...(job !== null && { job: { ...job } }),
            ...(preflight !== null && { key: { ...keyFacts } }),
            ...wrappingFacts(source),
            outputLogs: logs.map((log) => ({ ...log })),
          },
          sourceFacts: {
            job: job === null ? null : jobFacts(job),
            object: objectFacts(source),
            outputLogs: logs.map(({ location, values }) => ({ where: location, values })),
            mailbox,
          },
          findings: [...found, ...findings],
          // What S3 holds, an ETag that is an MD5 too, is of what it stores: not of what was taken out of a wrapping.
          checksum: source === stored ? rawChecksum(stored) : null,
          caller: () => askCaller(clients.sts, { signal }),
        };
      },
    };
  } catch (error) {
    await stored.close();
    throw error;
  }
}

/** How large the mailbox is; null where nobody may ask, or it is gone: a bound is of use, and nothing rests on it. */
async function mailboxFacts(clients: AwsClients, job: Job, signal: AbortSignal): Promise<SourceFacts['mailbox']> {
  const { organizationId, entityId } = job;
  if (entityId === null) return null;
  try {
    return await getMailboxDetails({ workmail: clients.workmail, organizationId, userId: entityId, signal });
  } catch (error) {
    if (error instanceof MailproofError && error.code !== 'CANCELLED') return null;
    throw error;
  }
}

/** Opens an export down to the archive that is to be read. */
export async function openExport(
  clients: AwsClients,
  address: ExportAddress,
  job: Job | null,
  options: OpenOptions = {},
): Promise<OpenedExport> {
  return (await openStored(clients, address, job, options)).open();
}

/** What verification needs of a job. */
export function jobFacts(job: Job): NonNullable<SourceFacts['job']> {
  const { jobId, state, startTime, endTime, kmsKeyArn, bucket, path, errorInfo } = job;
  return { jobId, state, startTime, endTime, kmsKeyArn, s3BucketName: bucket, s3Path: path, errorInfo };
}
