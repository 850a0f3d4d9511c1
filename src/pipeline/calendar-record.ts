import { calendarContentHash, familyHash } from '../identity/index.ts';
import type { CalendarItem, Issue, ItemRecord, JsonValue, Native, RecordFamily, RecordSource } from '../model/index.ts';

/** What all records of one entry share. */
export interface Origin {
  readonly id: string;
  readonly folderPath: readonly string[];
  readonly keywords?: readonly string[];
  /** Of the entry's own message, where the archive says it. */
  readonly receivedAt?: string;
  readonly source: RecordSource;
}

/** The record of a calendar component. A to-do is a Task; everything else that is on a calendar is a CalendarEvent. */
export function calendarRecord(
  origin: Origin,
  item: CalendarItem,
  native: Native,
  issues: readonly Issue[],
  family: RecordFamily,
): ItemRecord {
  const payload = {
    component: item.component,
    method: item.method,
    uid: item.uid,
    recurrenceId: item.recurrenceId,
    start: item.start,
    end: item.end,
    jscalendar: item.event,
    jcal: item.jcal,
  };
  const contentHash = calendarContentHash(item);
  const attached = (item.attachments ?? []).map(({ digest }) => digest?.slice('sha256:'.length) ?? null);
  const isTask = item.component === 'VTODO';
  return {
    id: origin.id,
    type: isTask ? 'Task' : 'CalendarEvent',
    source: origin.source,
    folderPath: origin.folderPath,
    native,
    family,
    identity: { messageId: null, mih: null, contentHash, familyHash: familyHash(contentHash, attached) },
    issues,
    ...(origin.keywords !== undefined && { keywords: origin.keywords }),
    ...(isTask ? { task: payload } : { event: payload }),
  };
}

const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

/** The words of a calendar component, for search and for load files: title, places, people, description. */
export function calendarText(item: CalendarItem): string {
  const { event } = item;
  const named = (value: JsonValue | undefined): string[] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.values(value).flatMap((each: JsonValue) =>
          typeof each === 'object' && each !== null && !Array.isArray(each) && 'name' in each
            ? [text(each['name'])]
            : [],
        )
      : [];
  const lines = [
    text(event['title']),
    ...named(event['locations']),
    ...named(event['participants']),
    text(event['description']),
  ];
  return lines.filter((line) => line !== '').join('\n');
}
