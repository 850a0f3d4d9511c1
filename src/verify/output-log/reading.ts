import type { ArchiveFacts } from '../../manifest/index.ts';
import type { Ledger } from '../../model/index.ts';
import type { RunCounts } from '../checks/run-counts.ts';

/** One way a value of the output log could have been meant, and what the archive holds under it. */
export interface Reading {
  readonly name: string;
  readonly found: number | string;
}

/** A reading of a count. */
export interface CountReading extends Reading {
  readonly found: number;
}

/** What the readings are computed from. */
export interface Holdings {
  readonly counts: RunCounts;
  readonly ledger: Ledger | null;
  readonly archive: ArchiveFacts;
}

/** The plain reading of `totalMessages`. */
export const MESSAGES = 'messages';

/** AWS does not say whether `totalMessages` counts calendar items, nor what it does with those sent as messages. */
export function messageReadings({ counts }: Holdings): CountReading[] {
  return distinct([
    { name: MESSAGES, found: counts.messages },
    { name: 'messages and calendar entries', found: counts.messages + counts.calendarEntries },
    { name: 'messages and calendar components', found: counts.messages + counts.calendarComponents },
    { name: 'messages that carry no calendar item', found: counts.messages - counts.messagesWithCalendar },
    {
      name: 'all entries but folders and logs',
      found: counts.entries - counts.directories - counts.logs,
    },
  ]);
}

/** The readings of `totalBytes` that say something of each item: where one agrees, no item is cut. */
export const OCTETS = {
  items: 'octets of messages and calendar items',
  messages: 'octets of messages',
  entries: 'octets of all entries but folders and logs',
} as const;

/** Nor whether `totalBytes` is of the messages, of their compressed form, or of the archive. */
export function byteReadings({ counts, ledger, archive }: Holdings): CountReading[] {
  return distinct([
    { name: OCTETS.items, found: counts.nativeBytes },
    { name: OCTETS.messages, found: counts.messageBytes },
    { name: OCTETS.entries, found: counts.nativeBytes + counts.otherBytes },
    ...(ledger === null ? [] : [{ name: 'octets of entries as compressed', found: ledger.archive.data }]),
    { name: 'octets of the archive', found: archive.size },
  ]);
}

/** Nor which folders `totalFolders` counts. A set of every folder's path, `/`-joined, the root as the empty string. */
export function folderReadings({ counts }: Holdings): CountReading[] {
  const withItems = new Set(Object.keys(counts.folders));
  withItems.delete('');
  const withMessages = new Set(counts.messageFolders);
  withMessages.delete('');
  const named = new Set([...withItems, ...counts.directoryPaths]);
  named.delete('');
  const all = new Set<string>();
  for (const path of named) {
    // Each path adds its ancestors; the walk ends at the first that is known, so deep trees cost their size once.
    for (let at = path; at !== '' && !all.has(at); at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) all.add(at);
  }
  return distinct([
    { name: 'folders that hold items', found: withItems.size },
    { name: 'folders that hold messages', found: withMessages.size },
    { name: 'folders that hold items or are named', found: named.size },
    { name: 'all folders, those above them too', found: all.size },
    { name: 'all folders and the root', found: all.size + 1 },
  ]);
}

/** Nor what `sha384Hash` covers. The archive is what can be computed; its octets or their base64. */
export function hashReadings({ archive }: Holdings): Reading[] {
  return [
    { name: 'SHA-384 of the archive', found: archive.sha384 },
    { name: 'SHA-384 of the archive, base64', found: Buffer.from(archive.sha384, 'hex').toString('base64') },
  ];
}

/** Readings that come to the same number are one reading, under the first name. */
function distinct(readings: readonly CountReading[]): CountReading[] {
  const seen = new Set<number>();
  return readings.filter(({ found }) => !seen.has(found) && seen.add(found));
}
