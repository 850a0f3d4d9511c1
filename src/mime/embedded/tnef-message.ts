import {
  type Email,
  type EmailBodyPart,
  type EmbeddedMessage,
  type Issue,
  issue,
  type JsonObject,
  type ParsedMessage,
} from '../../model/index.ts';
import { bodyLists } from '../body/body-lists.ts';
import { digestsOf, nativeOf } from '../digest/digests.ts';
import { readMessageIds } from '../header/message-ids.ts';
import { type ReadContext, within } from '../read-context.ts';
import { sniffType } from '../sniff/type.ts';
import { htmlToText } from '../text/html.ts';
import { previewOf, withLineFeeds } from '../text/part-text.ts';
import { readTnef, type TnefAttachment, type TnefMessage } from './tnef/index.ts';

/** Reads a TNEF stream as a message of its own: its bodies and attachments are the parts `1`, `2`, … of a multipart/mixed. */
export function readTnefMessage(octets: Buffer, context: ReadContext): ParsedMessage {
  return tnefMessage(readTnef(octets), octets.length, context);
}

function tnefMessage(tnef: TnefMessage, size: number, context: ReadContext): ParsedMessage {
  const contents = new Map<string, Buffer>();
  const children: EmbeddedMessage[] = [];
  const issues: Issue[] = [...tnef.issues];
  const add = (octets: Buffer, description: PartDescription): EmailBodyPart => {
    const partId = `${contents.size + 1}`;
    contents.set(partId, octets);
    return describedPart(partId, octets, description);
  };
  const bodies = bodyParts(tnef, add);
  const files = tnef.attachments.map((attachment) => {
    const part = add(bufferOf(attachment.bytes), attachmentDescription(attachment));
    if (attachment.embedded !== null) {
      const child = embeddedMessage(attachment.embedded, part, bufferOf(attachment.bytes), context, issues);
      if (child !== null) children.push(child);
    }
    return part;
  });
  const alternative = bodies.length > 1 ? [container('multipart/alternative', bodies)] : bodies;
  const bodyStructure = container('multipart/mixed', [...alternative, ...files]);
  const lists = bodyLists(bodyStructure);
  const { text: plain, html } = tnef.body;
  const text =
    plain !== null && plain.trim() !== '' ? withLineFeeds(plain) : html === null ? (plain ?? '') : htmlToText(html);
  const email: Email = {
    ...headerOf(tnef),
    size,
    bodyStructure,
    ...lists,
    hasAttachment: lists.attachments.some((part) => part.disposition !== 'inline'),
    preview: previewOf(text),
    ...(tnef.meeting === null ? {} : { report: meetingReport(tnef) }),
  };
  return { email, text, children, issues, content: (partId) => contents.get(partId) ?? null };
}

type HeaderHalf = Omit<
  Email,
  'size' | 'bodyStructure' | 'textBody' | 'htmlBody' | 'attachments' | 'hasAttachment' | 'preview'
>;

function headerOf(tnef: TnefMessage): HeaderHalf {
  const list = (addresses: TnefMessage['to']) => (addresses.length === 0 ? null : addresses);
  return {
    messageId: tnef.messageId === null ? null : readMessageIds(tnef.messageId),
    inReplyTo: tnef.inReplyTo === null ? null : readMessageIds(tnef.inReplyTo),
    references: tnef.references === null ? null : readMessageIds(tnef.references),
    sender: tnef.sender === null ? null : [tnef.sender],
    from: tnef.from === null ? null : [tnef.from],
    to: list(tnef.to),
    cc: list(tnef.cc),
    bcc: list(tnef.bcc),
    replyTo: null,
    subject: tnef.subject,
    sentAt: tnef.sentAt,
    receivedAt: null,
    headers: tnef.headers,
  };
}

function meetingReport(tnef: TnefMessage): JsonObject {
  const { meeting, messageClass } = tnef;
  if (meeting === null) return { kind: 'meeting', messageClass };
  const organizer =
    meeting.organizer === null ? null : { name: meeting.organizer.name, email: meeting.organizer.email };
  return { kind: 'meeting', messageClass, meeting: { ...meeting, organizer } };
}

interface PartDescription {
  readonly type: string;
  readonly name: string | null;
  readonly disposition: string | null;
  readonly cid: string | null;
  readonly charset: string | null;
}

function bodyParts(
  tnef: TnefMessage,
  add: (octets: Buffer, description: PartDescription) => EmailBodyPart,
): EmailBodyPart[] {
  const { text, html, rtf } = tnef.body;
  const plain = { name: null, disposition: null, cid: null };
  const parts: EmailBodyPart[] = [];
  if (text !== null) parts.push(add(Buffer.from(text, 'utf8'), { ...plain, type: 'text/plain', charset: 'utf-8' }));
  if (html !== null) parts.push(add(Buffer.from(html, 'utf8'), { ...plain, type: 'text/html', charset: 'utf-8' }));
  // RTF from which HTML or text was taken is in the stream, which is kept; alone it is the body.
  if (rtf !== null && parts.length === 0)
    parts.push(add(Buffer.from(rtf, 'latin1'), { ...plain, type: 'application/rtf', charset: null }));
  return parts;
}

function attachmentDescription(attachment: TnefAttachment): PartDescription {
  const { embedded, mimeType, contentId } = attachment;
  const sniffed = sniffType(bufferOf(attachment.bytes)) ?? 'application/octet-stream';
  return {
    type: embedded !== null ? 'application/ms-tnef' : (mimeType?.toLowerCase() ?? sniffed),
    name: attachment.longName ?? attachment.name ?? embedded?.subject ?? null,
    disposition: 'attachment',
    cid: contentId,
    charset: null,
  };
}

function describedPart(partId: string, octets: Buffer, description: PartDescription): EmailBodyPart {
  const digests = digestsOf(octets);
  const { name, type, charset, disposition, cid } = description;
  const blobId = `sha256-${digests.sha256}`;
  return {
    partId,
    blobId,
    size: octets.length,
    name,
    type,
    charset,
    disposition,
    cid,
    language: null,
    location: null,
    digests,
  };
}

function container(type: string, subParts: readonly EmailBodyPart[]): EmailBodyPart {
  const nothing = { name: null, charset: null, disposition: null, cid: null, language: null, location: null };
  return { partId: null, blobId: null, size: 0, type, ...nothing, subParts };
}

function embeddedMessage(
  tnef: TnefMessage,
  part: EmailBodyPart,
  octets: Buffer,
  context: ReadContext,
  issues: Issue[],
): EmbeddedMessage | null {
  const { partId, digests } = part;
  if (partId === null || digests === undefined) return null;
  if (context.depth >= context.limits.maxMessageDepth) {
    issues.push(
      issue('LIMIT_REACHED', `A message lies deeper than maxMessageDepth (${context.limits.maxMessageDepth}).`, partId),
    );
    return null;
  }
  const message = tnefMessage(tnef, octets.length, within(context));
  const native = nativeOf('application/ms-tnef', octets.length, digests);
  return { ...message, type: 'Email', partId, native, octets: () => octets };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
