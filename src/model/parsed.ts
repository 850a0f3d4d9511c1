import type { Native } from './descriptor.ts';
import type { Email } from './email.ts';
import type { CalendarItem } from './event.ts';
import type { Issue } from './issue.ts';

/** A message and everything in it. `partId`s are as in `email.bodyStructure`. */
export interface ParsedMessage {
  readonly email: Email;
  /** The extracted text of the message itself, not of its children. */
  readonly text: string;
  readonly children: readonly ParsedChild[];
  readonly issues: readonly Issue[];
  /** The decoded octets of a part, or null where there is no such part. */
  content(partId: string): Uint8Array | null;
}

interface EmbeddedIn {
  /** The part of the parent it was found in. */
  readonly partId: string;
  readonly native: Native;
  /** The original octets `native` hashes. */
  octets(): Uint8Array;
}

/** A message within a message: attached, in TNEF, or within opaque-signed content. */
export interface EmbeddedMessage extends ParsedMessage, EmbeddedIn {
  readonly type: 'Email';
}

/** A calendar component within a message. */
export interface EmbeddedCalendarItem extends CalendarItem, EmbeddedIn {
  readonly type: 'CalendarItem';
  /** Its place among the components of that part, from 1. */
  readonly ordinal: number;
}

export type ParsedChild = EmbeddedMessage | EmbeddedCalendarItem;
