import { createHash, type Hash } from 'node:crypto';
import type { Clock } from '../../model/index.ts';
import type { MailboxEntry } from '../mailbox/generate.ts';
import type { PutObject } from '../s3/direct.ts';
import { writeZip } from '../zip/write-zip.ts';
import type { ExportJob, JobBehaviour, OutputLog, PathReading } from './job.ts';
import { mailboxEntries, type SandboxEntity } from './mailbox.ts';

export interface ExportContext {
  readonly clock: Clock;
  readonly put: PutObject;
}

interface Totals {
  messages: number;
  bytes: number;
  readonly folders: Set<string>;
}

/**
 * Does the work of one job: writes the archive to S3 as it is made, then the output log. Never throws: a job that
 * cannot go on has FAILED, with its reason.
 */
export async function runExport(
  job: ExportJob,
  entity: SandboxEntity,
  behaviour: JobBehaviour,
  context: ExportContext,
): Promise<void> {
  const { signal } = job.abort;
  try {
    const waited = context.clock.sleep(behaviour.duration, signal);
    // The work may fail first; the sleep's own rejection on abort is then nobody's.
    waited.catch(() => undefined);
    const path = behaviour.outcome === 'COMPLETED' ? await writeArchive(job, entity, behaviour, context) : null;
    await waited;
    if (job.state !== 'RUNNING') return;
    job.path = path;
    job.state = behaviour.outcome;
    job.errorInfo = behaviour.outcome === 'FAILED' ? behaviour.errorInfo : null;
    job.progress = behaviour.outcome === 'FAILED' ? job.progress : 100;
  } catch (error) {
    if (job.state !== 'RUNNING') return;
    job.state = signal.aborted ? 'CANCELLED' : 'FAILED';
    job.errorInfo = error instanceof Error ? error.message.slice(0, 1024) : null;
  } finally {
    job.endTime ??= context.clock.now();
  }
}

async function writeArchive(
  job: ExportJob,
  entity: SandboxEntity,
  behaviour: JobBehaviour,
  context: ExportContext,
): Promise<string> {
  const folder = job.prefix.replace(/\/+$/, '');
  const stem = `${folder}/${entity.id}-${job.id}`;
  const archiveKey = `${stem}.zip`;
  const hash = createHash('sha384');
  const totals: Totals = { messages: 0, bytes: 0, folders: new Set() };
  const encryption = { kmsKeyArn: job.kmsKeyArn, bucketKey: behaviour.bucketKey };
  const log = (): OutputLog => {
    const made = outputLog(job, totals, hash.copy(), context.clock.now());
    return behaviour.alterLog === null ? made : behaviour.alterLog(made);
  };
  let entries: AsyncIterable<MailboxEntry> = counted(
    mailboxEntries(entity.content),
    totals,
    job,
    context.clock,
    behaviour.duration,
  );
  if (behaviour.alterEntries !== null) entries = behaviour.alterEntries(entries);
  if (behaviour.outputLog === 'inside')
    entries = followed(entries, () => ({ path: 'output.json', bytes: logOctets(log()) }));
  let archive: AsyncIterable<Uint8Array> = writeZip(entries, { ...behaviour.zip, signal: job.abort.signal });
  if (behaviour.alterArchive !== null) archive = behaviour.alterArchive(archive);
  await context.put({
    bucket: job.bucket,
    key: archiveKey,
    body: hashed(archive, hash),
    mediaType: 'application/zip',
    ...encryption,
    metadata: () => (behaviour.outputLog === 'metadata' ? log() : {}),
  });
  if (behaviour.outputLog === 'beside')
    await context.put({
      bucket: job.bucket,
      key: `${stem}.json`,
      body: [logOctets(log())],
      mediaType: 'application/json',
      ...encryption,
    });
  return pathAs(behaviour.pathReading, job.bucket, folder, archiveKey);
}

function pathAs(reading: PathReading, bucket: string, folder: string, key: string): string {
  switch (reading) {
    case 'key':
      return key;
    case 'bucket-prefixed':
      return `${bucket}/${key}`;
    case 'leading-slash':
      return `/${key}`;
    case 'folder':
      return folder;
  }
}

async function* counted(
  entries: Iterable<MailboxEntry> | AsyncIterable<MailboxEntry>,
  totals: Totals,
  job: ExportJob,
  clock: Clock,
  duration: number,
): AsyncGenerator<MailboxEntry> {
  for await (const entry of entries) {
    job.abort.signal.throwIfAborted();
    totals.folders.add(entry.path.slice(0, Math.max(0, entry.path.lastIndexOf('/'))));
    if (!entry.path.endsWith('/')) {
      totals.messages += 1;
      totals.bytes += entry.bytes.length;
    }
    const elapsed = duration === 0 ? 1 : (clock.now() - job.startTime) / duration;
    job.progress = Math.max(job.progress, Math.min(99, Math.floor(elapsed * 100)));
    yield entry;
  }
}

async function* followed(entries: AsyncIterable<MailboxEntry>, last: () => MailboxEntry): AsyncGenerator<MailboxEntry> {
  yield* entries;
  yield last();
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

/** The documented example's members. Its hash is taken over the archive: no other reading can be made beside it. */
function outputLog(job: ExportJob, totals: Totals, hash: Hash, now: number): OutputLog {
  return {
    totalNonExportableItems: '0',
    totalMessages: String(totals.messages),
    sha384Hash: hash.digest('hex'),
    totalBytes: String(totals.bytes),
    totalFolders: String(totals.folders.size),
    startTime: String(Math.floor(job.startTime / 1000)),
    endTime: String(Math.floor(now / 1000)),
  };
}

function logOctets(log: OutputLog): Uint8Array {
  return Buffer.from(JSON.stringify(log));
}
