import { looksLikeCalendar } from '../calendar/index.ts';
import { looksLikeMessage } from '../mime/index.ts';

export type EntryKind = 'message' | 'calendar' | 'output-log' | 'directory' | 'empty' | 'unknown';

/** Keys of the output log AWS documents for an export; all values are strings. */
const OUTPUT_LOG_KEYS = [
  'totalNonExportableItems',
  'totalMessages',
  'sha384Hash',
  'totalBytes',
  'totalFolders',
  'startTime',
  'endTime',
] as const;

const SNIFFED = 64 * 1024;

/** The output log an entry holds, or null: a JSON object with at least three of the documented keys. */
export function readOutputLog(bytes: Uint8Array): Readonly<Record<string, string>> | null {
  const start = bytes[0] === 0xef ? bytes[3] : bytes.find((octet) => octet > 0x20);
  if (bytes.length > SNIFFED || start !== 0x7b) return null;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const log: Record<string, string> = {};
  for (const [key, field] of Object.entries(value)) {
    if (typeof field === 'string' || typeof field === 'number') log[key] = String(field);
  }
  return OUTPUT_LOG_KEYS.filter((key) => Object.hasOwn(log, key)).length >= 3 ? log : null;
}

/**
 * What an entry is, by its content. A name that ends in `.eml` only decides where the content says nothing at all: a
 * message whose first lines are damaged is still the custodian's message.
 */
export function classify(path: string, bytes: Uint8Array): EntryKind {
  if (bytes.length === 0) return 'empty';
  const prefix = bytes.subarray(0, SNIFFED);
  if (looksLikeCalendar(prefix)) return 'calendar';
  if (looksLikeMessage(prefix)) return 'message';
  if (readOutputLog(bytes) !== null) return 'output-log';
  return /\.eml$/i.test(path) ? 'message' : 'unknown';
}
