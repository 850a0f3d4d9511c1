import { hash } from 'node:crypto';
import { parseCalendar } from '../calendar/index.ts';
import { recordsOfCalendar, recordsOfMessage } from '../manifest/index.ts';
import { parseMessage, partContents } from '../mime/index.ts';
import type { ParsedMessage } from '../model/index.ts';
import type { Family, ProducedDocument } from './document.ts';

type Octets = () => Uint8Array | null;

/**
 * Finds the octets of a family's documents again within those of its entry, and holds each to the manifest's digest. A part
 * is looked for where its message says it is; only what is not found so is looked for by reading the entry as it was first read.
 */
export class FamilyOctets {
  readonly #entry: Uint8Array;
  readonly #family: Family;
  readonly #contents = new Map<number, (partId: string) => Uint8Array | null>();
  readonly #octets = new Map<number, Uint8Array | null>();
  #found: ReadonlyMap<string, Octets> | null = null;

  /** `entry` was held to its digest already. */
  constructor(family: Family, entry: Uint8Array) {
    this.#family = family;
    this.#entry = entry;
  }

  /** The octets of the document at a place of the family; null where they are not found again. */
  at(place: number): Uint8Array | null {
    const known = this.#octets.get(place);
    if (known !== undefined) return known;
    const octets = this.#read(place);
    this.#octets.set(place, octets);
    return octets;
  }

  #read(place: number): Uint8Array | null {
    const document = this.#family.documents[place];
    if (document === undefined) return null;
    if (document.parent < 0 || (document.shares === 0 && document.record.family.parent === null)) return this.#entry;
    if (document.shares >= 0) return this.at(document.shares);
    const part = held(document, this.#part(document));
    if (part !== null) return part;
    this.#found ??= this.#find();
    return held(document, this.#found.get(document.id)?.() ?? null);
  }

  /** The part a document is by its parent's own structure; a message in TNEF or S/MIME has none that can be seen so. */
  #part({ parent, part, record }: ProducedDocument): Uint8Array | null {
    const partId = part?.partId ?? record.family.part;
    if (partId === null || this.#family.documents[parent]?.kind !== 'message') return null;
    let contents = this.#contents.get(parent);
    if (contents === undefined) {
      const message = this.at(parent);
      contents = message === null ? () => null : partContents(message);
      this.#contents.set(parent, contents);
    }
    return contents(partId);
  }

  /** Every part and record within the entry by the id its document has. */
  #find(): ReadonlyMap<string, Octets> {
    const root = this.#family.documents[0]?.record.family.root ?? '';
    const found = new Map<string, Octets>();
    if (this.#family.documents[0]?.kind !== 'message') {
      for (const { id, octets } of recordsOfCalendar(parseCalendar(this.#entry).items, entryOf(root))) {
        found.set(id, octets);
      }
      return found;
    }
    const attachments = (message: ParsedMessage, id: string): void => {
      for (const { partId } of message.email.attachments) {
        if (partId !== null) found.set(`${id}.${partId}`, () => message.content(partId));
      }
      for (const child of message.children) if (child.type === 'Email') attachments(child, `${id}.${child.partId}`);
    };
    const message = parseMessage(this.#entry, { parseCalendar });
    attachments(message, root);
    for (const { id, octets } of recordsOfMessage(message, root)) found.set(id, octets);
    return found;
  }
}

/** A component's id without its place: `00000123` of `00000123.2`. */
const entryOf = (id: string): string => /^\d+/.exec(id)?.[0] ?? id;

/** The octets where they are the ones the manifest describes. */
const held = ({ native }: ProducedDocument, octets: Uint8Array | null): Uint8Array | null =>
  octets !== null && native !== null && octets.length === native.size && hash('sha256', octets, 'hex') === native.sha256
    ? octets
    : null;
