import { epochSeconds } from '../identity/instant.ts';
import { type ItemRecord, MailproofError } from '../model/index.ts';
import type { FieldCondition, Selection } from './options.ts';

/** Whether a record is meant. */
export type Selects = (record: ItemRecord, custodian: string) => boolean;

function moment(text: string | undefined, name: string): number | null {
  if (text === undefined) return null;
  const seconds = epochSeconds(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (seconds !== null && Number.isFinite(seconds)) return seconds;
  throw new MailproofError('USAGE', `${JSON.stringify(text)} is no date for --${name}.`, {
    advice: 'Write 2026-03-01 or 2026-03-01T08:30:00Z.',
  });
}

/** `email.subject~budget`, `type=Email`. Throws USAGE. */
export function readCondition(text: string): FieldCondition {
  const match = /^([A-Za-z0-9_.]{1,200})([=~])([\s\S]*)$/.exec(text);
  if (match === null) {
    throw new MailproofError('USAGE', `${JSON.stringify(text)} is no condition.`, {
      advice: "Write a field's path, = or ~, and a value: type=Email, email.subject~budget.",
    });
  }
  return { path: (match[1] ?? '').split('.'), contains: match[2] === '~', value: match[3] ?? '' };
}

/** Every value at a path; lists are looked into. */
function valuesAt(from: unknown, path: readonly string[]): unknown[] {
  let values: unknown[] = [from];
  for (const name of path) {
    values = values.flatMap((value) => {
      const list = Array.isArray(value) ? value.flat() : [value];
      return list.map((each: unknown) =>
        typeof each === 'object' && each !== null && Object.hasOwn(each, name) ? Reflect.get(each, name) : undefined,
      );
    });
  }
  return values.flat();
}

function meets(record: ItemRecord, condition: FieldCondition): boolean {
  const wanted = condition.value.toLowerCase();
  return valuesAt(record, condition.path).some((value) => {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean' && value !== null)
      return false;
    const text = `${value}`.toLowerCase();
    return condition.contains ? text.includes(wanted) : text === wanted;
  });
}

/** Seconds of a record's own date: sent, or begun; null where it has none. */
function dateOf(record: ItemRecord): number | null {
  const calendar = record.event ?? record.task;
  if (calendar === undefined) return epochSeconds(record.email?.sentAt ?? record.email?.receivedAt ?? null);
  const start = calendar.start ?? calendar.end;
  return epochSeconds(start?.utc ?? (start === null ? null : `${start.local}Z`));
}

/** Makes a selection a test of records. Throws USAGE for what cannot be one. */
export function selector(selection: Selection = {}): Selects {
  const since = moment(selection.since, 'since');
  const until = moment(selection.until, 'until');
  const folders = selection.folders?.map((folder) => folder.split('/').filter((name) => name !== ''));
  const custodians = selection.custodians === undefined ? null : new Set(selection.custodians);
  const conditions = selection.conditions ?? [];
  return (record, custodian) => {
    if (custodians !== null && !custodians.has(custodian)) return false;
    const { folderPath } = record;
    if (folders?.some((folder) => folder.every((name, at) => folderPath[at] === name)) === false) return false;
    if (since !== null || until !== null) {
      const date = dateOf(record);
      if (date === null || date < (since ?? -Infinity) || date >= (until ?? Infinity)) return false;
    }
    return conditions.every((condition) => meets(record, condition));
  };
}
