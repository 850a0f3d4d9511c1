import { createHash } from 'node:crypto';
import type { Finding, Progress, Reporter } from '../model/index.ts';

export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Writes one JSON line. Fields hold codes, counts and digests: never keys, names, addresses or content. */
export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: LogFields) => void;

/** Lambda reads `level` and `message`; `write` takes a line. */
export function jsonLog(write: (line: string) => void, fixed: LogFields = {}): Log {
  return (level, message, fields = {}) => write(`${JSON.stringify({ level, message, ...fixed, ...fields })}\n`);
}

/** Keys name mailboxes: in logs an object is known by the digest of its place, which whoever knows the place can compare. */
export function placeOf(bucket: string, key: string): string {
  return createHash('sha256').update(`${bucket}/${key}`).digest('hex').slice(0, 16);
}

const PROGRESS_MILLISECONDS = 30_000;

/** Progress every half minute; issues and findings are counted by code in the manifest, not told one by one. */
export function logReporter(log: Log, place: string, now: () => number): Reporter {
  let last = now();
  return {
    progress({ phase, bytes, totalBytes, records }: Progress) {
      if (now() - last < PROGRESS_MILLISECONDS) return;
      last = now();
      log('info', 'progress', { place, phase, bytes, totalBytes, records });
    },
    note: () => undefined,
    issue: () => undefined,
    finding({ check, severity }: Finding) {
      if (severity !== 'info') log('warn', 'finding', { place, check, severity });
    },
  };
}
