import type { CollectionSource } from '../archive/index.ts';
import type { AwsClients, Job } from '../aws/index.ts';
import type { ByteSource, Finding, JsonObject } from '../model/index.ts';
import type { RawChecksum } from '../pipeline/process.ts';
import { type JobFacts, objectFacts, type SourceFacts } from '../verify/facts.ts';
import type { Context } from './context.ts';
import {
  type Decrypted,
  type DecryptOptions,
  decryptedSource,
  type EnvelopePlace,
  pinsOf,
} from './decrypted-source.ts';

export interface SourceOptions extends DecryptOptions {
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

/** `s3://bucket`, `s3://bucket/prefix/`: a prefix of messages. */
const PREFIX = /^s3:\/\/[^/]+(?:\/(?:.*\/)?)?$/is;

/** SOURCE: `s3://bucket/key`, `s3://bucket/prefix/`, `job:ORGANIZATION/JOBID`, or the path of a file or a folder. */
export async function openSource(context: Context, argument: string, options: SourceOptions): Promise<OpenedSource> {
  if (!/^(?:s3|job):/i.test(argument)) return openLocal(context, argument, options);
  return PREFIX.test(argument) ? openRemotePrefix(context, argument, options) : openRemote(context, argument, options);
}

/** A client is made, and the AWS SDK loaded, only where a file turns out to be encrypted. */
function lazyClients() {
  let made: Promise<AwsClients> | null = null;
  const clients = () => {
    made ??= import('../aws/index.ts').then((aws) => aws.createClients());
    return made;
  };
  return {
    kms: async () => (await clients()).kms,
    close: () => void made?.then((each) => each.destroy()),
  };
}

async function openLocal(context: Context, argument: string, options: SourceOptions): Promise<OpenedSource> {
  const pins = pinsOf(options);
  const clients = lazyClients();
  const { stat } = await import('node:fs/promises');
  const state = await stat(argument).catch(() => null);
  if (state?.isDirectory() === true) {
    const { openFolder } = await import('./collection.ts');
    const source = await openFolder(context, argument, pins, clients.kms);
    return openedCollection(source, 'folder', () => clients.close());
  }
  const [{ openFile }, { localEnvelope }] = await Promise.all([
    import('../io/index.ts'),
    import('./local-envelope.ts'),
  ]);
  const file = await openFile(argument);
  const { source, findings } = await unwrapped(context, file, await localEnvelope(argument), options, clients.kms);
  for (const finding of findings) context.printer.finding(finding);
  const { location, etag, lastModified } = file.identity;
  const facts = { kind: 'file', location, etag, lastModified, size: file.size, ...wrappingFacts(source) };
  const sourceFacts: SourceFacts = { job: null, object: objectFacts(source), outputLogs: [], mailbox: null };
  return { source, facts, sourceFacts, findings, checksum: null, close: () => clients.close() };
}

/** Takes a source out of its envelope, and what it holds out of an outer archive. Closes it when it throws. */
async function unwrapped(
  context: Context,
  stored: ByteSource,
  place: EnvelopePlace,
  options: SourceOptions,
  kms: () => Promise<AwsClients['kms']>,
): Promise<Decrypted> {
  let source = stored;
  try {
    const decrypted = await decryptedSource(context, stored, place, pinsOf(options), kms);
    source = decrypted.source;
    const { innerArchive } = await import('./inner-archive.ts');
    const inner = await innerArchive(source, context.signal);
    if (inner === null) return decrypted;
    return { source: inner.source, findings: [...decrypted.findings, ...inner.findings] };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** What a source says of the wrappings it was taken out of. */
function wrappingFacts({ identity: { details } }: ByteSource): JsonObject {
  const facts: { [name: string]: JsonObject[string] } = {};
  for (const name of ['clientSideEncryption', 'ciphertext', 'wrappedIn']) {
    const fact = details[name];
    if (fact !== undefined) facts[name] = fact;
  }
  return facts;
}

function openedCollection(source: CollectionSource, kind: string, close: () => void): OpenedSource {
  const { location, etag, lastModified } = source.identity;
  const { format, members } = source.collection;
  const facts = { kind, format, location, etag, lastModified, size: source.size, members: members.length };
  const sourceFacts: SourceFacts = { job: null, object: objectFacts(source), outputLogs: [], mailbox: null };
  return { source, facts, sourceFacts, findings: [], checksum: null, close };
}

async function openRemotePrefix(context: Context, argument: string, options: SourceOptions): Promise<OpenedSource> {
  const [aws, { openPrefix }] = await Promise.all([import('../aws/index.ts'), import('./collection.ts')]);
  const location = aws.parseSinkLocation(argument);
  if (location.kind !== 's3') throw new RangeError(`${argument} is a path`);
  const clients = aws.createClients();
  try {
    const source = await openPrefix(context, location, clients.s3, pinsOf(options), async () => clients.kms);
    return openedCollection(source, 's3-prefix', () => clients.destroy());
  } catch (error) {
    clients.destroy();
    throw error;
  }
}

async function openRemote(context: Context, argument: string, options: SourceOptions): Promise<OpenedSource> {
  const [aws, { metadataOf }, { rawChecksum }] = await Promise.all([
    import('../aws/index.ts'),
    import('./collection.ts'),
    import('../fleet/open-export.ts'),
  ]);
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
    const { bucket, key: objectName, versionId } = found;
    const address = { bucket, key: objectName };
    const stored = await aws.openS3Object({
      s3: clients.s3,
      ...address,
      ...(versionId !== null && { versionId }),
      signal,
    });
    const { details, ...identity } = stored.identity;
    const key = details['kmsKeyId'];
    const objectKey = typeof key === 'string' ? key : null;
    if (job === null && objectKey !== null) {
      findings.push(...(await preflight(aws, clients.kms, objectKey, facts, signal)));
    }
    if (job !== null) {
      const different = aws.compareKeysFinding(objectKey, job.kmsKeyArn);
      if (different !== null) findings.push(different);
    }
    const place = {
      metadata: metadataOf(details),
      instructionFile: () => aws.readInstructionFile({ s3: clients.s3, ...address, signal }),
    };
    const { source, findings: unwrapping } = await unwrapped(context, stored, place, options, async () => clients.kms);
    findings.push(...unwrapping);
    facts['object'] = { ...identity, size: stored.size, ...details };
    Object.assign(facts, wrappingFacts(source));
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
      // What S3 holds, an ETag that is an MD5 too, is of what it stores: not of what was taken out of a wrapping.
      checksum: source === stored ? rawChecksum(stored) : null,
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
