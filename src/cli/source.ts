import type { CollectionSource } from '../archive/index.ts';
import type { AwsClients, Caller, Job } from '../aws/index.ts';
import { parseSourceLocation } from '../aws/locations.ts';
import type { OpenedExport } from '../fleet/open-export.ts';
import { unwrapped, wrappingFacts } from '../fleet/unwrapped.ts';
import type { JsonObject } from '../model/index.ts';
import { objectFacts, type SourceFacts } from '../verify/facts.ts';
import type { Context } from './context.ts';
import { type DecryptOptions, pinsOf } from './decrypted-source.ts';

export interface SourceOptions extends DecryptOptions {
  readonly versionId?: string;
  readonly wait?: boolean;
  /** Read no more than tells what a source is: nothing large is read whole. */
  readonly inspecting?: boolean;
}

/** A source, ready to be read, and what was learned on the way to it. */
export interface OpenedSource extends OpenedExport {
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
    /** Who asked for a key, where one was asked for. */
    async caller(signal: AbortSignal): Promise<Caller> {
      const { askCaller, NOT_ASKED } = await import('../aws/index.ts');
      return made === null ? NOT_ASKED : askCaller((await made).sts, { signal });
    },
    close: () => void made?.then((each) => each.destroy()),
  };
}

async function openLocal(context: Context, argument: string, options: SourceOptions): Promise<OpenedSource> {
  // Says what an empty name or `http://…` is: no file of that name could be meant.
  parseSourceLocation(argument);
  const pins = await pinsOf(options);
  const clients = lazyClients();
  const { stat } = await import('node:fs/promises');
  const state = await stat(argument).catch(() => null);
  if (state?.isDirectory() === true) {
    const { openFolder } = await import('./collection.ts');
    const source = await openFolder(context, argument, pins, clients.kms);
    return openedCollection(
      source,
      'folder',
      () => clients.caller(context.signal),
      () => clients.close(),
    );
  }
  const [{ openFile }, { localEnvelope }] = await Promise.all([
    import('../io/index.ts'),
    import('./local-envelope.ts'),
  ]);
  const file = await openFile(argument);
  const place = await localEnvelope(argument);
  const { signal } = context;
  const { inspecting = false } = options;
  const input = { place, pins, kms: clients.kms, signal, inspecting };
  const { source, findings, unread } = await unwrapped(file, input);
  for (const finding of findings) context.printer.finding(finding);
  const { location, etag, lastModified } = file.identity;
  const facts = { kind: 'file', location, etag, lastModified, size: file.size, ...wrappingFacts(source) };
  const sourceFacts: SourceFacts = { job: null, object: objectFacts(source), outputLogs: [], mailbox: null };
  const opened = {
    source,
    facts,
    sourceFacts,
    findings,
    checksum: null,
    caller: () => clients.caller(signal),
    close: () => clients.close(),
  };
  return unread === undefined ? opened : { ...opened, unread };
}

function openedCollection(
  source: CollectionSource,
  kind: string,
  caller: () => Promise<Caller>,
  close: () => void,
): OpenedSource {
  const { location, etag, lastModified } = source.identity;
  const { format, members } = source.collection;
  const facts = { kind, format, location, etag, lastModified, size: source.size, members: members.length };
  const sourceFacts: SourceFacts = { job: null, object: objectFacts(source), outputLogs: [], mailbox: null };
  return { source, facts, sourceFacts, findings: [], checksum: null, caller, close };
}

async function openRemotePrefix(context: Context, argument: string, options: SourceOptions): Promise<OpenedSource> {
  const [aws, { openPrefix }] = await Promise.all([import('../aws/index.ts'), import('./collection.ts')]);
  const location = aws.parseSinkLocation(argument);
  if (location.kind !== 's3') throw new RangeError(`${argument} is a path`);
  const clients = aws.createClients();
  try {
    const source = await openPrefix(context, location, clients.s3, await pinsOf(options), async () => clients.kms);
    const caller = () => aws.askCaller(clients.sts, { signal: context.signal });
    return openedCollection(source, 's3-prefix', caller, () => clients.destroy());
  } catch (error) {
    clients.destroy();
    throw error;
  }
}

async function openRemote(context: Context, argument: string, options: SourceOptions): Promise<OpenedSource> {
  const [aws, { openExport }] = await Promise.all([import('../aws/index.ts'), import('../fleet/open-export.ts')]);
  const { signal, printer, clock } = context;
  const location = aws.parseSourceLocation(argument);
  const clients = aws.createClients();
  try {
    const pins = await pinsOf(options);
    let opened: OpenedExport;
    let located: JsonObject = {};
    if (location.kind === 'job') {
      const request = { workmail: clients.workmail, ...location, signal };
      const onProgress = (state: Job) => printer.note(jobNote(state));
      const job = await (options.wait === true
        ? aws.waitForJob({ ...request, clock, onProgress })
        : aws.describeJob(request));
      const { reading, tried, ...address } = await aws.locateExport(job, clients.s3, signal);
      located = { located: { reading, tried: tried.map((each) => ({ ...each })) } };
      opened = await openExport(clients, address, job, { pins, inspecting: options.inspecting, signal });
    } else if (location.kind === 's3') {
      const address = { ...location, versionId: options.versionId ?? location.versionId };
      opened = await openExport(clients, address, null, { pins, inspecting: options.inspecting, signal });
    } else throw new RangeError(`${argument} is a path`);
    for (const finding of opened.findings) printer.finding(finding);
    return { ...opened, facts: { ...opened.facts, ...located }, close: () => clients.destroy() };
  } catch (error) {
    clients.destroy();
    throw error;
  }
}

const jobNote = (job: Job): string =>
  `Job ${job.jobId}: ${job.state}${job.progress === null ? '' : `, ${job.progress} %`}`;
