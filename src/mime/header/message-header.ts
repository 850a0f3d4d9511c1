import type { Email, EmailAddress, EmailHeader, Issue } from '../../model/index.ts';
import { readMailboxes } from '../address/read.ts';
import { decodeCharset } from '../charset/decode.ts';
import { readDate } from '../date/read.ts';
import type { MimeLimits } from '../limits.ts';
import type { WorkCounter } from '../work-counter.ts';
import { FieldFaults } from './faults.ts';
import { type HeaderField, rawText } from './field.ts';
import { readMessageIds } from './message-ids.ts';
import { readTextField } from './text.ts';

/** The half of an Email that its header alone decides. */
export type HeaderProperties = Pick<
  Email,
  | 'messageId'
  | 'inReplyTo'
  | 'references'
  | 'sender'
  | 'from'
  | 'to'
  | 'cc'
  | 'bcc'
  | 'replyTo'
  | 'subject'
  | 'sentAt'
  | 'headers'
>;

/** Fields that a message has once at most (RFC 5322 §3.6, RFC 2045 §3). */
const SINGLE = new Set([
  'date',
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'message-id',
  'in-reply-to',
  'references',
  'subject',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'content-id',
]);

export interface HeaderContext {
  readonly limits: MimeLimits;
  readonly counter: WorkCounter;
  /** What the body is written in: believed of raw 8-bit header text that is not UTF-8. */
  readonly hint: string | null;
}

/** Reads the fields of a message header. Of a repeated field the last instance counts (RFC 8621 §4.1.2), with an issue. */
export function readMessageHeader(
  fields: readonly HeaderField[],
  context: HeaderContext,
): { readonly properties: HeaderProperties; readonly issues: Issue[] } {
  const reader = new MessageHeaderReader(fields, context);
  const properties: HeaderProperties = {
    messageId: reader.ids('message-id'),
    inReplyTo: reader.ids('in-reply-to'),
    references: reader.ids('references'),
    sender: reader.addresses('sender'),
    from: reader.addresses('from'),
    to: reader.addresses('to'),
    cc: reader.addresses('cc'),
    bcc: reader.addresses('bcc'),
    replyTo: reader.addresses('reply-to'),
    subject: reader.text('subject'),
    sentAt: reader.date('date'),
    headers: reader.headers(),
  };
  return { properties, issues: reader.issues };
}

class MessageHeaderReader {
  readonly issues: Issue[] = [];
  private readonly fields: readonly HeaderField[];
  private readonly context: HeaderContext;
  private readonly last = new Map<string, HeaderField>();

  constructor(fields: readonly HeaderField[], context: HeaderContext) {
    this.fields = fields;
    this.context = context;
    const repeated = new Map<string, HeaderField>();
    for (const field of fields) {
      if (!SINGLE.has(field.lowerName)) continue;
      if (this.last.has(field.lowerName)) repeated.set(field.lowerName, field);
      this.last.set(field.lowerName, field);
    }
    for (const { name, lowerName } of repeated.values()) {
      const counts = lowerName.startsWith('content-') ? 'first' : 'last';
      this.report(name, (faults) =>
        faults.add('FIELD_REPEATED', `The field occurs more than once; the ${counts} counts.`),
      );
    }
  }

  ids(lowerName: string): string[] | null {
    return this.read(lowerName, (field, faults) => {
      const text = this.raw(field, faults);
      const ids = readMessageIds(text);
      if (ids === null && text.trim() !== '') faults.add('FIELD_MALFORMED', 'The field holds no message id.');
      return ids;
    });
  }

  addresses(lowerName: string): EmailAddress[] | null {
    const { limits, counter, hint } = this.context;
    return this.read(lowerName, (field, faults) =>
      readMailboxes(field.raw, { faults, hint, maxAddresses: limits.maxAddresses, counter }),
    );
  }

  text(lowerName: string): string | null {
    return this.read(lowerName, (field, faults) => readTextField(field.raw, faults, this.context.hint));
  }

  date(lowerName: string): string | null {
    return this.read(lowerName, (field, faults) => {
      const { dateTime, obsolete } = readDate(field.raw);
      if (dateTime === null) faults.add('DATE_UNREADABLE', 'The date cannot be read.');
      else if (obsolete) faults.add('DATE_OBSOLETE', 'The date is not as RFC 5322 wants it, or names no known zone.');
      return dateTime;
    });
  }

  headers(): EmailHeader[] {
    const guesses = new FieldFaults();
    const headers = this.fields.map((field) => ({ name: this.name(field.name), value: this.raw(field, guesses) }));
    for (const guess of guesses.issues) {
      if (!this.issues.some((known) => known.code === guess.code)) this.issues.push(guess);
    }
    return headers;
  }

  private name(name: string): string {
    return rawText(name, (octets) => decodeCharset(octets, null, this.context.hint).text);
  }

  private raw(field: HeaderField, faults: FieldFaults): string {
    return rawText(field.raw, (octets) => {
      const { text, defect } = decodeCharset(octets, null, this.context.hint);
      if (defect !== null && !defect.message.endsWith('read as utf-8.')) faults.add(defect.code, defect.message);
      return text;
    });
  }

  private read<Value>(lowerName: string, reading: (field: HeaderField, faults: FieldFaults) => Value): Value | null {
    const field = this.last.get(lowerName);
    if (field === undefined) return null;
    this.context.counter.octets += field.raw.length;
    let value: Value | null = null;
    this.report(field.name, (faults) => {
      value = reading(field, faults);
    });
    return value;
  }

  private report(name: string, doing: (faults: FieldFaults) => void): void {
    const faults = new FieldFaults(name.slice(0, 60));
    doing(faults);
    for (const fault of faults.issues) this.issues.push(fault);
  }
}
