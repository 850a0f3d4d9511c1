import type { CalendarItem, ParsedChild, ParsedMessage } from '../model/index.ts';

/** What a child's id has after its parent's: the part, and the place among its components where it is a later one. */
export const childName = (child: ParsedChild): string =>
  child.type === 'CalendarItem' && child.ordinal > 1 ? `${child.partId}.c${child.ordinal}` : child.partId;

/** The id of a component of a calendar entry; `place` is from 0. A calendar of one is its entry. */
export const componentId = (entry: string, place: number, count: number): string =>
  count === 1 ? entry : `${entry}.${place + 1}`;

/** A record within an entry, and where its octets are. */
export interface RecordWithin {
  readonly id: string;
  /** Null where they cannot be decoded. */
  readonly octets: () => Uint8Array | null;
}

function* attachmentsOf(item: CalendarItem, id: string): Generator<RecordWithin> {
  for (const { partId, bytes } of item.attachments ?? []) yield { id: `${id}.${partId}`, octets: () => bytes };
}

/** The records within a message of that id, in their order, the message's own not among them. Bounded by the reader of mail. */
export function* recordsOfMessage(message: Pick<ParsedMessage, 'children'>, id: string): Generator<RecordWithin> {
  for (const child of message.children) {
    const childId = `${id}.${childName(child)}`;
    yield { id: childId, octets: () => child.octets() };
    if (child.type === 'Email') yield* recordsOfMessage(child, childId);
    else yield* attachmentsOf(child, childId);
  }
}

/** What stands within the components of a calendar entry. The components themselves are the entry's octets. */
export function* recordsOfCalendar(items: readonly CalendarItem[], entry: string): Generator<RecordWithin> {
  for (const [place, item] of items.entries()) yield* attachmentsOf(item, componentId(entry, place, items.length));
}
