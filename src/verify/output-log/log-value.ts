import type { CountReading, Holdings, Reading } from './reading.ts';
import { byteReadings, folderReadings, hashReadings, messageReadings } from './reading.ts';

/**
 * What one value of the log says of the archive.
 * `agrees`: it is what is held, under a known reading. `short`: less is held than it says, under every reading.
 * `unknown`: no known reading gives it. `open`: it neither confirms nor contradicts.
 */
export type ValueState = 'agrees' | 'short' | 'unknown' | 'open';

export interface ValueReading {
  readonly key: string;
  readonly value: string;
  readonly state: ValueState;
  /** The reading under which it agrees. */
  readonly reading: string | null;
  /** Every reading tried, and what is held under it. */
  readonly readings: readonly Reading[];
}

/** A mailbox has 15 folders of all kinds from its first day, and those of contacts and notes are not exported. */
export const DEFAULT_FOLDERS = 15;

/** A whole number of a log, or null. */
export function logNumber(value: string | undefined): number | null {
  if (value === undefined || !/^\s*\d{1,15}\s*$/.test(value)) return null;
  return Number(value);
}

/** `apart` is what the log counts on its own and the total may or may not include: a total short by just that is open. */
function countValue(key: string, value: string, readings: readonly CountReading[], apart = 0): ValueReading {
  const said = logNumber(value);
  const agrees = said === null ? undefined : readings.find((reading) => reading.found === said);
  if (agrees !== undefined) return { key, value, state: 'agrees', reading: agrees.name, readings };
  const short = said !== null && readings.every(({ found }) => found < said && (apart === 0 || found + apart !== said));
  return { key, value, state: short ? 'short' : 'unknown', reading: null, readings };
}

function foldersValue(value: string, readings: readonly CountReading[]): ValueReading {
  const reading = countValue('totalFolders', value, readings);
  const said = logNumber(value);
  if (reading.state === 'agrees' || said === null) return reading;
  const most = Math.max(...readings.map(({ found }) => found));
  const least = Math.min(...readings.map(({ found }) => found));
  if (said < least) return { ...reading, state: 'unknown' };
  return { ...reading, state: said <= most + DEFAULT_FOLDERS ? 'open' : 'short' };
}

function hashValue(value: string, readings: readonly Reading[]): ValueReading {
  const said = value.trim();
  const agrees = readings.find(({ found }) => found === said || found === said.toLowerCase());
  const state = agrees === undefined ? 'unknown' : 'agrees';
  return { key: 'sha384Hash', value, state, reading: agrees?.name ?? null, readings };
}

/** The totals of a log, each compared under every reading. Values that the log lacks are left out. */
export function readValues(values: Readonly<Record<string, string>>, holdings: Holdings): ValueReading[] {
  const read: ValueReading[] = [];
  const given = (key: string) => (Object.hasOwn(values, key) ? values[key] : undefined);
  const [messages, bytes, folders, hash] = ['totalMessages', 'totalBytes', 'totalFolders', 'sha384Hash'].map(given);
  const apart = logNumber(given('totalNonExportableItems')) ?? 0;
  if (messages !== undefined) read.push(countValue('totalMessages', messages, messageReadings(holdings), apart));
  if (bytes !== undefined) read.push(countValue('totalBytes', bytes, byteReadings(holdings)));
  if (folders !== undefined) read.push(foldersValue(folders, folderReadings(holdings)));
  if (hash !== undefined) read.push(hashValue(hash, hashReadings(holdings)));
  return read;
}
