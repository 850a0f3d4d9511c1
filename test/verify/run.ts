import { createHash } from 'node:crypto';
import { memorySink, memorySource } from '../../src/io/index.ts';
import { ManifestReader } from '../../src/manifest/index.ts';
import type { ByteSource, Reporter } from '../../src/model/index.ts';
import { inlinePool, processExport } from '../../src/pipeline/index.ts';
import {
  type CheckRunInput,
  type CheckRunResult,
  checkRun,
  type JobFacts,
  type ObjectFacts,
} from '../../src/verify/index.ts';
import { isMessage, octetsOf } from './mailbox.ts';
import { makeZip, type ZipEntry, type ZipOptions } from './zip.ts';

export const silent: Reporter = {
  progress: () => undefined,
  note: () => undefined,
  issue: () => undefined,
  finding: () => undefined,
};

export interface Run {
  readonly archive: Buffer;
  readonly source: ByteSource;
  readonly sink: ReturnType<typeof memorySink>;
  readonly files: Map<string, Uint8Array>;
  reader(): Promise<ManifestReader>;
}

/** A real run of the main job over an archive in memory. */
export async function runOf(archive: Buffer): Promise<Run> {
  const sink = memorySink('run');
  const source = memorySource(archive, 's3://bucket/exports/mailbox.zip');
  await processExport({ source, sink, pool: inlinePool(), reporter: silent });
  // The sink shows its files for reading; tests alter them behind its back.
  const files = sink.files as Map<string, Uint8Array>;
  return { archive, source, sink, files, reader: async () => ManifestReader.open(sink) };
}

export const runOfEntries = async (entries: readonly ZipEntry[], options: ZipOptions = {}): Promise<Run> =>
  runOf(makeZip(entries, options));

export async function verify(run: Run, input: Partial<CheckRunInput> = {}): Promise<CheckRunResult> {
  return checkRun({ manifest: await run.reader(), reporter: silent, ...input });
}

export type LogValues = Record<string, string>;

/** The log the service would have written for these entries and this archive. */
export function logOf(
  entries: readonly ZipEntry[],
  archive: Uint8Array,
  how: 'messages' | 'items' = 'messages',
): LogValues {
  const items = entries.filter(({ path }) => !path.endsWith('/'));
  const folders = new Set(items.map(({ path }) => path.slice(0, path.lastIndexOf('/'))));
  return {
    totalNonExportableItems: '0',
    totalMessages: String(how === 'messages' ? items.filter(isMessage).length : items.length),
    sha384Hash: createHash('sha384').update(archive).digest('hex'),
    totalBytes: String(how === 'messages' ? octetsOf.messages(items) : octetsOf.all(items)),
    totalFolders: String(folders.size),
    startTime: '1767225600',
    endTime: '1767229200',
  };
}

export const JOB: JobFacts = {
  jobId: 'job-1',
  state: 'COMPLETED',
  startTime: '2026-01-01T00:00:00.900Z',
  endTime: '2026-01-01T01:00:00.000Z',
  kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555',
  s3BucketName: 'bucket',
  s3Path: 'exports/mailbox.zip',
  errorInfo: null,
};

export const objectOf = (archive: Uint8Array): ObjectFacts => ({
  location: 's3://bucket/exports/mailbox.zip',
  size: archive.length,
  versionId: 'v1',
  etag: '"etag-1"',
  lastModified: '2026-01-01T00:30:00.000Z',
  encryption: 'aws:kms',
  kmsKeyId: JOB.kmsKeyArn,
  checksums: {},
  checksumType: null,
});
