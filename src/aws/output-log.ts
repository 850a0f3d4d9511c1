import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { DEFAULT_TUNING } from './backoff.ts';
import { logFields, namedValues } from './output-log-text.ts';
import { retrying } from './retrying.ts';
import { listObjects } from './s3-list.ts';

/** The keys of the log AWS documents for an export. All its values are strings. */
export const OUTPUT_LOG_KEYS = [
  'totalNonExportableItems',
  'totalMessages',
  'sha384Hash',
  'totalBytes',
  'totalFolders',
  'startTime',
  'endTime',
] as const;

/** So many of the documented keys make a JSON object an output log. */
const ENOUGH_KEYS = 3;
const LARGEST_LOG = 64 << 10;
/** A prefix shared by thousands of exports: objects looked at, and objects fetched. */
const MOST_LISTED = 10_000;
const MOST_FETCHED = 100;

/** An output log, or what looks like one. Which archive it belongs to is for the check to say. */
export interface OutputLogCandidate {
  readonly origin: 'object' | 'metadata';
  /** `s3://bucket/key` of the object it was read from. */
  readonly location: string;
  /** By the documented names, as strings, as found. */
  readonly values: Readonly<Record<string, string>>;
}

export interface OutputLogRequest {
  readonly s3: S3Client;
  readonly bucket: string;
  /** The archive's. */
  readonly key: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks for output logs where they may lie: the archive's user metadata, and small JSON objects in the folder of the
 * archive, those named after it first. Nobody has published where AWS puts it, so all that are found are returned. What
 * may not be listed or read is passed over: the log is a help, not a condition.
 */
export async function findOutputLogs(request: OutputLogRequest): Promise<readonly OutputLogCandidate[]> {
  const { s3, bucket, key, signal } = request;
  const context = { what: `s3://${bucket}/${key} could not be looked at`, service: 's3', signal } as const;
  const options = signal === undefined ? {} : { abortSignal: signal };
  const found: OutputLogCandidate[] = [];
  const head = await passingOver(signal, () =>
    retrying(context, DEFAULT_TUNING, () => s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), options)),
  );
  const metadata = outputLogValues(head?.Metadata);
  if (metadata !== null) found.push({ origin: 'metadata', location: `s3://${bucket}/${key}`, values: metadata });
  for (const candidate of (await passingOver(signal, () => besides(request))) ?? []) {
    const text = await passingOver(signal, () =>
      retrying(context, DEFAULT_TUNING, async () => {
        const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: candidate }), options);
        return answer.Body?.transformToString();
      }),
    );
    const values = text === undefined ? null : parseOutputLog(text);
    if (values !== null) found.push({ origin: 'object', location: `s3://${bucket}/${candidate}`, values });
  }
  return found;
}

/**
 * Reads the text of an output log, or null where it is none. Whoever writes a total twice, as a repeated name or as two
 * logs in one file, must not have the one that suits chosen for him: what differs stands as both, which is no number.
 */
export function parseOutputLog(text: string): Readonly<Record<string, string>> | null {
  if (text.length > LARGEST_LOG) return null;
  const logs = [...logFields(text)].map(outputLogValues).filter((values) => values !== null);
  if (logs.length === 0) return null;
  const values: Record<string, string> = {};
  for (const name of OUTPUT_LOG_KEYS) {
    const said = new Set(logs.flatMap((log) => (Object.hasOwn(log, name) ? [log[name] ?? ''] : [])));
    if (said.size > 0) for (const value of repeatedValues(text, name)) said.add(value);
    if (said.size > 0) values[name] = [...said].join(' and ');
  }
  return values;
}

/** JSON.parse keeps the last of a repeated name, and a line of text may come twice: all of them, where there are several. */
function repeatedValues(text: string, name: string): readonly string[] {
  const values = namedValues(text, name);
  return new Set(values).size > 1 ? values : [];
}

/** The documented values among an object's own; names are compared without case, for S3 lowers those of metadata. */
function outputLogValues(fields: unknown): Readonly<Record<string, string>> | null {
  if (typeof fields !== 'object' || fields === null) return null;
  const byName = new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
  const values: Record<string, string> = {};
  for (const name of OUTPUT_LOG_KEYS) {
    const value: unknown = byName.get(name.toLowerCase());
    if (typeof value === 'string' || typeof value === 'number') values[name] = String(value);
  }
  return Object.keys(values).length >= ENOUGH_KEYS ? values : null;
}

/** A key without its ending. */
const stemOf = (key: string): string => key.replace(/\.[^./]*$/, '');

async function besides({ s3, bucket, key, signal }: OutputLogRequest): Promise<readonly string[]> {
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  const stem = stemOf(key);
  const small: string[] = [];
  let listed = 0;
  const otherArchives = new Set<string>();
  for await (const object of listObjects({ s3, bucket, prefix: folder, delimiter: '/', signal })) {
    listed += 1;
    if (listed > MOST_LISTED) break;
    if (object.key === key) continue;
    if (/\.zip$/i.test(object.key)) otherArchives.add(stemOf(object.key));
    if (object.size > 1 && object.size <= LARGEST_LOG) small.push(object.key);
  }
  // Hundreds of exports may share a prefix: a log named after another archive is that one's, and no word on this.
  const own = small.filter((name) => name.startsWith(stem) || !otherArchives.has(stemOf(name)));
  const rank = (name: string) => (name.startsWith(stem) ? 0 : /\.(?:json|log|txt)$/i.test(name) ? 1 : 2);
  return own.sort((one, other) => rank(one) - rank(other)).slice(0, MOST_FETCHED);
}

async function passingOver<Result>(
  signal: AbortSignal | undefined,
  ask: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return undefined;
  }
}
