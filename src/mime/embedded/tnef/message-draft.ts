import { type EmailAddress, type Issue, issue } from '../../../model/index.ts';
import {
  type Recipient,
  readAddress,
  readCountedPair,
  readDisplayList,
  readRecipients,
  readTriple,
  SENDER,
  SENT_REPRESENTING,
} from './address.ts';
import { AttachmentDraft } from './attachment.ts';
import { ATTRIBUTE, LEVEL, type TnefAttribute } from './attribute.ts';
import { readBody } from './body.ts';
import { DEFAULT_CODEPAGE, decodeTerminated } from './codepage.ts';
import { LittleEndianCursor } from './cursor.ts';
import { TNEF_ATTACHMENT_LIMIT } from './limits.ts';
import { readMeeting } from './meeting.ts';
import { mapiMessageClass } from './message-class.ts';
import { readDateTimeRecord } from './moment.ts';
import { MapiProperties, readPropertyList } from './property.ts';
import { TAG } from './property-tag.ts';
import type { TnefMessage } from './tnef-message.ts';
import { readTransportHeaders } from './transport-headers.ts';

/** Gathers the attributes of one message and says in the end what they amount to. */
export class MessageDraft {
  codepage = DEFAULT_CODEPAGE;
  readonly #issues: Issue[];
  readonly #properties = new MapiProperties(DEFAULT_CODEPAGE);
  /** Message attributes by id: decoded in the end, when the code page is known. */
  readonly #attributes = new Map<number, Uint8Array>();
  readonly #attachments: AttachmentDraft[] = [];
  #recipientTable: Uint8Array | null = null;
  #limited = false;
  #incomplete = false;

  constructor(issues: Issue[]) {
    this.#issues = issues;
  }

  add(attribute: TnefAttribute): void {
    if (attribute.level === LEVEL.ATTACHMENT) this.#addToAttachment(attribute);
    else if (attribute.id === ATTRIBUTE.OEM_CODEPAGE) this.#setCodepage(attribute.data);
    else if (attribute.id === ATTRIBUTE.RECIPIENT_TABLE) this.#recipientTable = attribute.data;
    else if (attribute.id === ATTRIBUTE.MESSAGE_PROPERTIES) {
      this.#check(readPropertyList(new LittleEndianCursor(attribute.data), this.#properties).problem === null);
    } else this.#attributes.set(attribute.id, attribute.data);
  }

  finish(readEmbedded: (stream: Uint8Array) => TnefMessage | null): TnefMessage {
    const properties = this.#properties;
    const legacyFrom = this.#pair(ATTRIBUTE.SENT_FOR, readCountedPair) ?? this.#pair(ATTRIBUTE.FROM, readTriple);
    const sender = readAddress(properties, SENDER);
    const from = readAddress(properties, SENT_REPRESENTING) ?? sender ?? legacyFrom;
    const messageClass = properties.text(TAG.MESSAGE_CLASS) ?? this.#class();
    const headerText = properties.text(TAG.TRANSPORT_MESSAGE_HEADERS);
    const attachments = this.#attachments.map((draft) => {
      this.#check(draft.complete);
      return draft.finish(readEmbedded);
    });
    const message: Omit<TnefMessage, 'issues'> = {
      subject: this.#subject(),
      messageClass,
      messageId: properties.text(TAG.INTERNET_MESSAGE_ID),
      inReplyTo: properties.text(TAG.IN_REPLY_TO_ID),
      references: properties.text(TAG.INTERNET_REFERENCES),
      from,
      sender,
      ...this.#recipients(),
      sentAt: properties.time(TAG.CLIENT_SUBMIT_TIME) ?? this.#moment(ATTRIBUTE.DATE_SENT),
      headers: headerText === null ? [] : readTransportHeaders(headerText),
      body: readBody(properties, this.#attributes.get(ATTRIBUTE.BODY) ?? null, this.#issues),
      attachments,
      meeting: readMeeting(messageClass, properties, {
        start: this.#moment(ATTRIBUTE.DATE_START),
        end: this.#moment(ATTRIBUTE.DATE_END),
        from,
      }),
    };
    if (this.#incomplete) {
      this.#issues.push(issue('EMBEDDED_DAMAGED', 'a list of MAPI properties breaks off: those before were read'));
    }
    return { ...message, issues: this.#issues };
  }

  #addToAttachment(attribute: TnefAttribute): void {
    if (this.#limited) return;
    const last = this.#attachments.at(-1);
    const starts = attribute.id === ATTRIBUTE.ATTACH_RENDERING_DATA || last === undefined || last.has(attribute.id);
    if (!starts) last.add(attribute);
    else if (this.#attachments.length < TNEF_ATTACHMENT_LIMIT) {
      const draft = new AttachmentDraft(new MapiProperties(this.codepage));
      this.#attachments.push(draft);
      draft.add(attribute);
    } else {
      this.#limited = true;
      this.#issues.push(issue('LIMIT_REACHED', `only the first ${TNEF_ATTACHMENT_LIMIT} TNEF attachments were read`));
    }
  }

  #setCodepage(data: Uint8Array): void {
    const codepage = new LittleEndianCursor(data).uint32();
    if (codepage === 0) return;
    this.codepage = codepage;
    this.#properties.codepage = codepage;
  }

  /** PR_SUBJECT, else the prefix and the rest of it, else attSubject. */
  #subject(): string | null {
    const properties = this.#properties;
    const normalized = properties.text(TAG.NORMALIZED_SUBJECT);
    const joined = normalized === null ? null : `${properties.text(TAG.SUBJECT_PREFIX) ?? ''}${normalized}`;
    return properties.text(TAG.SUBJECT) ?? this.#text(ATTRIBUTE.SUBJECT) ?? joined;
  }

  #class(): string | null {
    const name = this.#text(ATTRIBUTE.MESSAGE_CLASS);
    return name === null ? null : mapiMessageClass(name);
  }

  #recipients(): { to: EmailAddress[]; cc: EmailAddress[]; bcc: EmailAddress[] } {
    const properties = this.#properties;
    if (this.#recipientTable === null) {
      return {
        to: readDisplayList(properties.text(TAG.DISPLAY_TO)),
        cc: readDisplayList(properties.text(TAG.DISPLAY_CC)),
        bcc: readDisplayList(properties.text(TAG.DISPLAY_BCC)),
      };
    }
    const { recipients, complete } = readRecipients(this.#recipientTable, () => new MapiProperties(this.codepage));
    this.#check(complete);
    const of = (kind: Recipient['kind']) => recipients.filter((row) => row.kind === kind).map((row) => row.address);
    return { to: of('to'), cc: of('cc'), bcc: of('bcc') };
  }

  #check(complete: boolean): void {
    if (!complete) this.#incomplete = true;
  }

  #text(id: number): string | null {
    const data = this.#attributes.get(id);
    return data === undefined ? null : decodeTerminated(data, this.codepage) || null;
  }

  #moment(id: number): string | null {
    const data = this.#attributes.get(id);
    return data === undefined ? null : readDateTimeRecord(data);
  }

  #pair(id: number, read: (data: Uint8Array, codepage: number) => EmailAddress | null): EmailAddress | null {
    const data = this.#attributes.get(id);
    return data === undefined ? null : read(data, this.codepage);
  }
}
