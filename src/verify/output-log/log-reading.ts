import type { JobFacts, ObjectFacts, OutputLogFound } from '../facts.ts';
import { readTimes } from './log-times.ts';
import { logNumber, readValues, type ValueReading, type ValueState } from './log-value.ts';
import { type Holdings, MESSAGES, OCTETS } from './reading.ts';

/** An output log compared with the archive. */
export interface LogReading {
  readonly where: string;
  readonly values: readonly ValueReading[];
  /** True: a witness that the export is whole. False: that it is not. Null: it cannot be said. */
  readonly agrees: boolean | null;
  /** Whether its octet total is that of the messages themselves: then none of them is cut. */
  readonly confirmsMessages: boolean;
  /** And of the calendar items. */
  readonly confirmsCalendars: boolean;
  /** Whether its hash is the archive's: then these are the octets the service wrote. */
  readonly confirmsArchive: boolean;
  /** Whether it is known to be the log of another archive: then nothing it says is of this one. */
  readonly ofAnother: boolean;
  /** Why, one sentence. */
  readonly reason: string;
}

/** What the values of a log come to, row by row; the first row that fits decides. Absent values are `absent`. */
export interface LogRule {
  readonly when: (states: LogStates) => boolean;
  readonly agrees: boolean | null;
  readonly reason: string;
}

export interface LogStates {
  readonly messages: ValueState | 'absent';
  readonly bytes: ValueState | 'absent';
  readonly hash: ValueState | 'absent';
  readonly folders: ValueState | 'absent';
  readonly times: ValueState | 'absent';
  /** Messages and octets are both short under their plainest readings, by amounts that fit each other. */
  readonly shortTogether: boolean;
  /** `totalMessages` agrees with the messages themselves, not only with a sum that calendar items enter into. */
  readonly plainly: boolean;
}

/**
 * A wrong COMPLETE is the worst that verification can say. So a log is a witness only when nothing in it contradicts:
 * each of its totals and its hash vetoes when no reading gives it, and a log of another job says nothing. It is a witness
 * against the export only where less is held than it says under every reading, since AWS does not say what the totals
 * count.
 */
export const LOG_RULES: readonly LogRule[] = [
  {
    when: ({ times }) => times === 'unknown',
    agrees: null,
    reason: 'its times cannot be those of this export: it may be the log of another export',
  },
  {
    when: ({ messages }) => messages === 'short',
    agrees: false,
    reason: 'it counts more messages than the archive holds under any reading',
  },
  {
    when: ({ shortTogether, hash }) => shortTogether && hash !== 'agrees',
    agrees: false,
    reason: 'it counts more messages and more octets than the archive holds, by amounts that fit each other',
  },
  {
    when: ({ hash }) => hash === 'unknown',
    agrees: null,
    reason:
      'its sha384Hash matches no known reading: either it covers something else, or this is not the archive that was written',
  },
  {
    when: ({ messages }) => messages === 'unknown',
    agrees: null,
    reason: 'its totalMessages matches no known reading',
  },
  {
    when: ({ bytes }) => bytes === 'unknown' || bytes === 'short',
    agrees: null,
    reason: 'its totalBytes matches no known reading',
  },
  {
    when: ({ folders }) => folders === 'unknown',
    agrees: null,
    reason: 'it counts fewer folders than hold mail',
  },
  {
    // As many messages lost as there are calendar items would look the same: octets or the hash must speak too.
    when: ({ messages, bytes, hash, plainly }) =>
      messages === 'agrees' && !plainly && bytes === 'absent' && hash === 'absent',
    agrees: null,
    reason:
      'its totalMessages agrees only together with other items, and it has neither octets nor a hash to confirm it',
  },
  {
    when: ({ messages, hash }) => messages === 'agrees' || hash === 'agrees',
    agrees: true,
    reason: 'it agrees with the archive',
  },
  {
    when: () => true,
    agrees: null,
    reason: 'it has neither a total of messages nor a hash to compare with',
  },
];

/** The first rule that fits. The last fits always. */
export function decideLog(states: LogStates): { readonly agrees: boolean | null; readonly reason: string } {
  const rule = LOG_RULES.find(({ when }) => when(states));
  return rule === undefined ? { agrees: null, reason: 'no rule fits' } : { agrees: rule.agrees, reason: rule.reason };
}

/** Mail has at most so many octets once encoded: WorkMail takes 40 MB. */
const LARGEST_MESSAGE = 40 * 1024 * 1024;
/** And a message with a header has at least so many. */
const SMALLEST_MESSAGE = 64;

/**
 * Whether `totalMessages`, read as messages, and `totalBytes`, read as their octets, are both more than is held, by
 * amounts that messages can have. It speaks only where `totalMessages` is otherwise in no known reading.
 */
function areShortTogether(values: Readonly<Record<string, string>>, { counts }: Holdings): boolean {
  const messages = (logNumber(values['totalMessages']) ?? 0) - counts.messages;
  const octets = [counts.messageBytes, counts.nativeBytes].map((held) => (logNumber(values['totalBytes']) ?? 0) - held);
  return (
    messages > 0 &&
    octets.some((missing) => missing >= messages * SMALLEST_MESSAGE && missing <= messages * LARGEST_MESSAGE)
  );
}

/** Compares a log with what the archive holds, under every reading. */
export function readLog(
  log: OutputLogFound,
  holdings: Holdings,
  job: JobFacts | null,
  object: ObjectFacts | null = null,
): LogReading {
  const totals = readValues(log.values, holdings);
  const times = readTimes(log.values, job, object);
  const value = (key: string) => totals.find((each) => each.key === key);
  const state = (key: string) => value(key)?.state ?? 'absent';
  const contradicted = times.some((time) => time.state === 'unknown');
  const states: LogStates = {
    messages: state('totalMessages'),
    bytes: state('totalBytes'),
    hash: state('sha384Hash'),
    folders: state('totalFolders'),
    times: times.length === 0 ? 'absent' : contradicted ? 'unknown' : 'agrees',
    shortTogether: state('totalMessages') === 'unknown' && areShortTogether(log.values, holdings),
    plainly: value('totalMessages')?.reading === MESSAGES,
  };
  const { agrees, reason } = decideLog(states);
  const ownLog = states.times !== 'unknown';
  const octets = value('totalBytes')?.reading ?? null;
  const ofItems = octets === OCTETS.items || octets === OCTETS.entries;
  return {
    where: log.where,
    values: [...totals, ...times],
    agrees,
    confirmsMessages: ownLog && (ofItems || octets === OCTETS.messages),
    confirmsCalendars: ownLog && ofItems,
    confirmsArchive: ownLog && states.hash === 'agrees',
    ofAnother: false,
    reason,
  };
}

/**
 * Exports that share a folder find each other's logs. Where one log has the hash of this very archive, those with another
 * hash are of other archives: they neither agree nor contradict.
 */
export function setApart(logs: readonly LogReading[]): readonly LogReading[] {
  if (!logs.some((log) => log.agrees === true && log.confirmsArchive)) return logs;
  const hasOtherHash = ({ values }: LogReading) =>
    values.some(
      ({ key, value, state }) => key === 'sha384Hash' && state === 'unknown' && /^[0-9a-f]{96}$/i.test(value),
    );
  return logs.map((log) =>
    hasOtherHash(log)
      ? {
          ...log,
          agrees: null,
          ofAnother: true,
          reason: "its sha384Hash is another archive's, and another log has this one's",
        }
      : log,
  );
}
