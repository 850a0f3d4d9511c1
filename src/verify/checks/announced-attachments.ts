import type { Finding, ItemRecord } from '../../model/index.ts';
import type { CheckContext, PlacedRecord, RecordCheck } from '../check.ts';
import { FindingList } from '../finding-list.ts';

/** Conservative: phrases that say there is a file, in the languages most mail is in. Replies quote them, so replies are left out. */
const PHRASE =
  /\b(please find attached|see attached|attached (?:is|are|you will find)|i have attached|im anhang finden|anbei (?:finden|sende)|ci-joint|en pièce jointe|adjunto (?:encontrará|le envío)|in allegato)\b/i;

/** Exchange and WorkMail write this field; `yes` means a file was there when it was sent. */
const FIELD = 'x-ms-has-attach';

const announcedByField = ({ email }: ItemRecord): boolean =>
  email?.headers.some(({ name, value }) => name.toLowerCase() === FIELD && value.trim().toLowerCase() === 'yes') ??
  false;

/** Messages that say they have an attachment, and have none. */
export class AnnouncedAttachments implements RecordCheck {
  readonly name = 'announced-attachments';
  readonly #findings = new FindingList('announced-attachments');
  #phrases = 0;

  take({ record }: PlacedRecord): void {
    const { email, family, source } = record;
    if (email === undefined || family.depth > 0 || email.hasAttachment || email.attachments.length > 0) return;
    if (announcedByField(record)) {
      const message = `${source.entry} says in its header that it has an attachment, and has none.`;
      this.#findings.add('info', message, { entry: source.entry, record: record.id });
    } else if (email.inReplyTo === null && email.references === null && PHRASE.test(email.preview)) this.#phrases++;
  }

  *run(_context: CheckContext): Generator<Finding> {
    yield* this.#findings;
    if (this.#phrases === 0) return;
    const message = `${this.#phrases} messages speak of an attached file and have none: senders forget, so this is a hint only.`;
    yield { check: this.name, severity: 'info', message };
  }
}
