import type { Digest, Native } from './descriptor.ts';
import type { Email, EmailBodyPart } from './email.ts';
import type { CalendarTime } from './event.ts';
import type { Issue } from './issue.ts';
import type { JsonObject, JsonValue } from './json.ts';

export type RecordType = 'Email' | 'CalendarEvent' | 'Task' | 'Other';

/** Where in the archive an item lies. */
export interface RecordSource {
  /** The entry's path as the archive names it. */
  readonly entry: string;
  /** The entry's ordinal in the archive, from 0. */
  readonly index: number;
  /** The octet of the archive at which the entry begins. */
  readonly offset: number;
  /** Eight lower-case hexadecimal digits, where the archive carries one. */
  readonly crc32: string | null;
}

export interface RecordFamily {
  readonly root: string;
  readonly parent: string | null;
  /** The MIME part of the parent it was found in. */
  readonly part: string | null;
  readonly depth: number;
}

export interface RecordIdentity {
  /** The Message-ID as written, brackets included. */
  readonly messageId: string | null;
  /** EDRM Message Identification Hash, lower-case hexadecimal. */
  readonly mih: string | null;
  readonly contentHash: string | null;
  readonly familyHash: string | null;
}

/** Where the extracted text lies in the packed text files. */
export interface TextPointer {
  readonly path: string;
  readonly offset: number;
  /** Octets of UTF-8. */
  readonly length: number;
  readonly digest: Digest;
}

export interface CalendarPayload {
  readonly component: string;
  readonly method: string | null;
  readonly uid: string | null;
  readonly recurrenceId: CalendarTime | null;
  readonly start: CalendarTime | null;
  readonly end: CalendarTime | null;
  /** RFC 8984. */
  readonly jscalendar: JsonObject;
  readonly jcal: JsonValue;
}

/** One line of a shard. */
export interface ItemRecord {
  /** The entry's ordinal in eight digits, then the part path: `00000123`, `00000123.2`, `00000123.2.1`. */
  readonly id: string;
  readonly type: RecordType;
  readonly source: RecordSource;
  readonly folderPath: readonly string[];
  /** Null where the octets could not be read whole. */
  readonly native: Native | null;
  readonly family: RecordFamily;
  readonly identity: RecordIdentity;
  readonly issues: readonly Issue[];
  readonly text?: TextPointer;
  /** What the source says beside the message: Maildir flags, mbox labels. */
  readonly keywords?: readonly string[];
  readonly email?: Email;
  readonly event?: CalendarPayload;
  readonly task?: CalendarPayload;
  /** An attachment that stands within a calendar item; `partId` is its place there (`a1`). */
  readonly attachment?: EmailBodyPart;
  /** What an `Other` is: `attachment`, `output-log`, `directory`, `empty`, `unknown`, `unreadable`. */
  readonly other?: { readonly kind: string; readonly detail: string | null };
}
