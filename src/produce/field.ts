import { decodeThreadIndex, threadIndexSkew } from '../identity/index.ts';
import type { CalendarPayload, JsonValue } from '../model/index.ts';
import { emailOf, type Family, type ProducedDocument } from './document.ts';
import { NAME_END } from './duplicates.ts';
import { calendarMoment, instant, type Moment } from './moment.ts';
import type { Outcomes } from './outcomes.ts';
import { addressTexts, participants, places } from './people.ts';

/** What a cell can hold before it is written. A folder path is a list of lists: names within paths. */
export type Value =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'long'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'list'; readonly list: readonly string[] }
  | { readonly kind: 'moment'; readonly moment: Moment }
  /** A file's path within the production, `/`-separated. */
  | { readonly kind: 'path'; readonly path: string }
  /** Folder names, each list one path. */
  | { readonly kind: 'folders'; readonly folders: readonly (readonly string[])[] };

/** What fields are taken from, beside the document. */
export interface FieldContext {
  readonly outcomes: Outcomes;
  readonly zoneName: string;
  threadGroup(document: ProducedDocument): string | null;
  /** The control number of the message that holds all of this one; null where it is inclusive or was not asked. */
  coveredBy(document: ProducedDocument): string | null;
  readonly inclusiveMarked: boolean;
}

type Field = (document: ProducedDocument, context: FieldContext) => Value | null;

const text = (value: string | null | undefined): Value | null =>
  value === null || value === undefined || value === '' ? null : { kind: 'text', text: value };
const long = (value: string): Value | null => (value === '' ? null : { kind: 'long', text: value });
const number = (value: number | null | undefined): Value | null =>
  value === null || value === undefined ? null : { kind: 'number', number: value };
const boolean = (value: boolean): Value => ({ kind: 'boolean', value });
const list = (value: readonly string[]): Value | null => (value.length === 0 ? null : { kind: 'list', list: value });
const moment = (value: Moment | null): Value | null => (value === null ? null : { kind: 'moment', moment: value });
const path = (value: string | null): Value | null => (value === null ? null : { kind: 'path', path: value });

const calendarOf = (document: ProducedDocument): CalendarPayload | null =>
  document.part === null ? (document.record.event ?? document.record.task ?? null) : null;
const jsonText = (value: JsonValue | undefined): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null;
const calendarField = (document: ProducedDocument, name: string): Value | null =>
  text(jsonText(calendarOf(document)?.jscalendar[name]));
const header = (document: ProducedDocument, name: string): string | null => {
  const found = emailOf(document)?.headers.findLast((field) => field.name.toLowerCase() === name);
  return found === undefined ? null : found.value.replace(/\r?\n(?=[ \t])/g, '').trim();
};
const threadIndexes = new WeakMap<ProducedDocument, ReturnType<typeof decodeThreadIndex>>();

/** Five columns ask for it, one after the other. */
function threadIndex(document: ProducedDocument): ReturnType<typeof decodeThreadIndex> {
  const known = threadIndexes.get(document);
  if (known !== undefined) return known;
  const field = header(document, 'thread-index');
  const decoded = field === null ? null : decodeThreadIndex(field);
  threadIndexes.set(document, decoded);
  return decoded;
}
const people = (document: ProducedDocument, wanted: (roles: ReadonlySet<string>) => boolean): string[] =>
  participants(calendarOf(document)?.jscalendar ?? {}, wanted);
const ownDate = (document: ProducedDocument): Moment | null => {
  const calendar = calendarOf(document);
  return calendar === null
    ? instant(emailOf(document)?.sentAt ?? null)
    : calendarMoment(calendar.start ?? calendar.end);
};
const childrenOf = new WeakMap<Family, readonly ProducedDocument[][]>();

/** Documents attached to this one itself. Made once a family: asking each document anew would be quadratic. */
function children(document: ProducedDocument): readonly ProducedDocument[] {
  const { family } = document;
  let lists = childrenOf.get(family);
  if (lists === undefined) {
    const made: ProducedDocument[][] = family.documents.map(() => []);
    for (const child of family.documents) made[child.parent]?.push(child);
    childrenOf.set(family, made);
    lists = made;
  }
  return lists[document.position - (family.documents[0]?.position ?? 0)] ?? [];
}
const parentOf = (document: ProducedDocument): ProducedDocument | null =>
  document.family.documents[document.parent] ?? null;
const nameOf = (document: ProducedDocument): string =>
  document.fileName ?? `${document.controlNumber}.${document.extension}`;
/** RFC 5545 RRULE, as it stands in the jCal property; JSCalendar splits it. */
const recurrenceRules = (jcal: JsonValue | undefined): string[] => {
  if (!Array.isArray(jcal) || !Array.isArray(jcal[1])) return [];
  const properties: readonly JsonValue[] = jcal[1];
  return properties.flatMap((property) => {
    if (!Array.isArray(property) || property[0] !== 'rrule') return [];
    const rule: JsonValue | undefined = property[3];
    if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return [];
    return [
      Object.entries(rule)
        .map(
          ([key, value]) =>
            `${key.toUpperCase()}=${(Array.isArray(value) ? value : [value]).map((each) => jsonText(each) ?? '').join(',')}`,
        )
        .join(';'),
    ];
  });
};
const hasFamily = (document: ProducedDocument): boolean => document.family.documents.length > 1;

/** Every value a column can take, by name. A profile's columns refer to these. */
export const FIELDS = {
  nothing: () => null,
  controlNumber: (document) => text(document.controlNumber),
  groupIdentifier: (document) => text(document.family.first),
  parent: (document) => text(parentOf(document)?.controlNumber),
  familyFirst: (document) => text(document.family.first),
  familyLast: (document) => text(document.family.last),
  beginAttachment: (document) => (hasFamily(document) ? text(document.family.first) : null),
  endAttachment: (document) => (hasFamily(document) ? text(document.family.last) : null),
  attachmentRange: (document) =>
    hasFamily(document) ? text(`${document.family.first}-${document.family.last}`) : null,
  attachmentNumbers: (document) => list(children(document).map((child) => child.controlNumber)),
  attachmentNames: (document) => list(children(document).map(nameOf)),
  attachmentCount: (document) => number(children(document).length),
  custodian: (document) => text(document.family.custodian),
  allCustodians: (document) => list(document.family.duplicates?.custodians ?? [document.family.custodian]),
  allPaths: (document) => ({
    kind: 'folders',
    folders: document.family.duplicates?.paths.map((each) => each.split(NAME_END)) ?? [
      [document.family.custodian, ...document.family.folderPath],
    ],
  }),
  folderPath: (document) => ({ kind: 'folders', folders: [document.family.folderPath] }),
  entry: (document) => text(document.record.source.entry),
  recordId: (document) => text(document.id),
  from: (document) => list(addressTexts(emailOf(document)?.from ?? emailOf(document)?.sender)),
  to: (document) => list(addressTexts(emailOf(document)?.to)),
  cc: (document) => list(addressTexts(emailOf(document)?.cc)),
  bcc: (document) => list(addressTexts(emailOf(document)?.bcc)),
  replyTo: (document) => list(addressTexts(emailOf(document)?.replyTo)),
  participants: (document) => {
    const email = emailOf(document);
    const all = [email?.from, email?.sender, email?.to, email?.cc, email?.bcc].flatMap((each) => addressTexts(each));
    return list([...new Set([...all, ...people(document, () => true)])]);
  },
  subject: (document) => text(emailOf(document)?.subject ?? jsonText(calendarOf(document)?.jscalendar['title'])),
  emailSubject: (document) => text(emailOf(document)?.subject),
  sentAt: (document) => moment(instant(emailOf(document)?.sentAt ?? null)),
  receivedAt: (document) => moment(instant(emailOf(document)?.receivedAt ?? null)),
  ownDate: (document) => moment(ownDate(document)),
  /** A child has its parent's date: a review sorted by it keeps families together. */
  familyDate: (document) => {
    const [first] = document.family.documents;
    return moment(first === undefined ? null : ownDate(first));
  },
  messageId: (document) => text(document.part === null ? document.record.identity.messageId : null),
  inReplyTo: (document) => list((emailOf(document)?.inReplyTo ?? []).map((id) => `<${id}>`)),
  references: (document) => list((emailOf(document)?.references ?? []).map((id) => `<${id}>`)),
  threadGroup: (document, context) => text(context.threadGroup(document)),
  conversationIndex: (document) => {
    const field = header(document, 'thread-index');
    return field === null || threadIndex(document) === null
      ? null
      : text(Buffer.from(field, 'base64').toString('hex').toUpperCase());
  },
  conversationId: (document) => text(threadIndex(document)?.conversation),
  conversationStart: (document) => moment(instant(threadIndex(document)?.startedAt ?? null)),
  dateSkewed: (document) => {
    const index = threadIndex(document);
    const skew = index === null ? null : threadIndexSkew(index, emailOf(document)?.sentAt ?? null);
    return skew === null ? null : boolean(skew.skewed);
  },
  inclusive: (document, context) =>
    emailOf(document) === null || !context.inclusiveMarked
      ? null
      : text(context.coveredBy(document) === null ? 'Inclusive' : 'Non-inclusive'),
  coveredBy: (document, context) => text(context.coveredBy(document)),
  fileName: (document) => text(document.fileName),
  /** With an ending: platforms that have this column tell by it what a file is. */
  fileNameOrNumber: (document) => {
    const name = nameOf(document);
    return text(/\.[A-Za-z0-9]+\s*$/.test(name) ? name : `${name}.${document.extension}`);
  },
  extension: (document) => text(document.extension),
  mediaType: (document) => text(document.mediaType),
  kind: (document) => text({ message: 'Email', calendar: 'Calendar', task: 'Task', file: 'File' }[document.kind]),
  fileClass: (document) =>
    text({ message: 'Email', calendar: 'Calendar', task: 'Task', file: 'Document' }[document.kind]),
  isAttachment: (document) => boolean(document.parent >= 0),
  size: (document) => number(document.native?.size),
  md5: (document) => text(document.native?.md5),
  sha1: (document, { outcomes }) => text(document.native?.sha1 ?? outcomes.sha1(document.position)),
  sha256: (document) => text(document.native?.sha256),
  mih: (document) => text(document.part === null ? document.record.identity.mih : null),
  contentHash: (document) => text(document.part === null ? document.record.identity.contentHash : null),
  familyHash: (document) => text(document.part === null ? document.record.identity.familyHash : null),
  duplicateGroup: (document) => {
    const { duplicates } = document.family;
    return duplicates === null || duplicates.count < 2 ? null : text(duplicates.primary);
  },
  duplicateRole: (document) => {
    const { duplicates, first } = document.family;
    if (duplicates === null) return null;
    return text(duplicates.count < 2 ? 'Unique' : duplicates.primary === first ? 'Primary' : 'Duplicate');
  },
  hasAttachment: (document) => (emailOf(document) === null ? null : boolean(children(document).length > 0)),
  importance: (document) => text(header(document, 'importance')),
  header: (document) =>
    long((emailOf(document)?.headers ?? []).map((field) => `${field.name}:${field.value}`).join('\n')),
  meetingStart: (document) => moment(calendarMoment(calendarOf(document)?.start ?? null)),
  meetingEnd: (document) => moment(calendarMoment(calendarOf(document)?.end ?? null)),
  meetingAllDay: (document) => {
    const calendar = calendarOf(document);
    return calendar === null ? null : boolean(calendar.jscalendar['showWithoutTime'] === true);
  },
  meetingLocation: (document) => list(places(calendarOf(document)?.jscalendar ?? {})),
  meetingOrganizer: (document) => list(people(document, (roles) => roles.has('owner'))),
  meetingRequired: (document) =>
    list(people(document, (roles) => (roles.has('attendee') || roles.has('chair')) && !roles.has('optional'))),
  meetingOptional: (document) => list(people(document, (roles) => roles.has('optional'))),
  meetingStatus: (document) =>
    calendarField(document, calendarOf(document)?.component === 'VTODO' ? 'progress' : 'status'),
  meetingMethod: (document) => text(calendarOf(document)?.method),
  meetingUid: (document) => text(calendarOf(document)?.uid),
  meetingRecurrenceId: (document) => moment(calendarMoment(calendarOf(document)?.recurrenceId ?? null)),
  meetingRule: (document) => list(recurrenceRules(calendarOf(document)?.jcal)),
  meetingSequence: (document) => calendarField(document, 'sequence'),
  meetingZone: (document) => text(calendarOf(document)?.start?.timeZone),
  /** The zone every date of the table is in. */
  timeZone: (_document, context) => text(context.zoneName),
  nativePath: (document, { outcomes }) => path(outcomes.hasNative(document.position) ? document.nativePath : null),
  textPath: (document, { outcomes }) => path(outcomes.hasText(document.position) ? document.textPath : null),
  textLength: (document, { outcomes }) =>
    number(outcomes.hasText(document.position) ? outcomes.textLength(document.position) : null),
  hasText: (document, { outcomes }) => boolean(outcomes.textLength(document.position) > 0),
  issues: (document) =>
    list(document.part === null ? [...new Set(document.record.issues.map(({ code }) => code))] : []),
} satisfies Readonly<Record<string, Field>>;

export type FieldName = keyof typeof FIELDS;

/** The value of a field for a document; null where it has none. */
export function fieldValue(name: FieldName, document: ProducedDocument, context: FieldContext): Value | null {
  const field: Field = FIELDS[name];
  return field(document, context);
}
