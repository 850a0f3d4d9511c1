import { parseCalendar } from '../calendar/index.ts';
import { parseMessage } from '../mime/index.ts';
import type { ParsedMessage } from '../model/index.ts';
import type { Family } from './document.ts';

type Octets = () => Uint8Array | null;

/** Finds the octets of a family's documents again within those of its entry. */
export class FamilyOctets {
  readonly #entry: Uint8Array;
  readonly #family: Family;
  #parts: Map<string, Octets> | null = null;

  constructor(family: Family, entry: Uint8Array) {
    this.#family = family;
    this.#entry = entry;
  }

  /** The octets of the document at a place of the family; null where they are not found again. */
  at(place: number): Uint8Array | null {
    const document = this.#family.documents[place];
    if (document === undefined) return null;
    if (document.parent < 0 || (document.shares === 0 && document.record.family.parent === null)) return this.#entry;
    this.#parts ??= this.#find();
    return this.#parts.get(document.id)?.() ?? null;
  }

  /** Every part of the message by the id its document has: that of its record, or the message's and the part. */
  #find(): Map<string, Octets> {
    const wanted = new Set(this.#family.documents.map(({ id }) => id));
    const found = new Map<string, Octets>();
    const collect = (message: ParsedMessage, id: string): void => {
      for (const { partId } of message.email.attachments) {
        if (partId !== null && wanted.has(`${id}.${partId}`)) {
          found.set(`${id}.${partId}`, () => message.content(partId));
        }
      }
      for (const child of message.children) {
        const later = child.type === 'CalendarItem' && child.ordinal > 1;
        const childId = `${id}.${child.partId}${later ? `.c${child.ordinal}` : ''}`;
        if (wanted.has(childId)) found.set(childId, () => child.octets());
        if (child.type === 'Email') collect(child, childId);
      }
    };
    collect(parseMessage(this.#entry, { parseCalendar }), this.#family.documents[0]?.id ?? '');
    return found;
  }
}
