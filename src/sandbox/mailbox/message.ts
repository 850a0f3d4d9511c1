import { type AttachmentPool, makeAttachment } from './attachment.ts';
import { mailDate } from './moment.ts';
import { asHtml, prose } from './prose.ts';
import type { SeededRandom } from './random.ts';
import type { Thread } from './thread.ts';
import { base64Lines, encodeCharset, encodeParameter, encodeWords, quotedPrintable } from './transfer.ts';
import { type Charset, LANGUAGES, type Language, OWNER, PEOPLE, type Person } from './vocabulary.ts';

export interface MessagePlan {
  readonly thread: Thread;
  readonly reply: boolean;
  readonly sent: boolean;
  readonly seconds: number;
  readonly messageId: string;
  readonly textSize: number;
  /** Encoded octets of attachments; 0 for none. */
  readonly attachmentSize: number;
}

type Piece = string | Buffer;

const OFFSETS: readonly [number, ...number[]] = [0, 60, 120, -300, -480, 330, 540];
const PROLOGUE =
  'This is a multi-part message in MIME format. Your mail reader does not understand MIME message format.\r\n';

/** One message as WorkMail renders it: header, text in one of many charsets, alternatives, attachments. */
export function makeMessage(random: SeededRandom, pool: AttachmentPool, plan: MessagePlan): Buffer {
  const language = LANGUAGES[plan.thread.language] ?? LANGUAGES[0];
  const charset = random.pick(language.charsets);
  const body = bodyPieces(random, language, charset, plan);
  const pieces = plan.attachmentSize > 0 ? mixed(random, pool, body, plan) : body;
  return join([header(random, charset, plan), ...pieces]);
}

function header(random: SeededRandom, charset: Charset, plan: MessagePlan): string {
  const { thread } = plan;
  const [other = random.pick(PEOPLE), ...more] = thread.people;
  const from = plan.sent ? OWNER : other;
  const to = plan.sent ? [other, ...more] : [OWNER, ...more];
  const subject = plan.reply ? `Re: ${thread.subject}` : thread.subject;
  const offset = random.pick(OFFSETS);
  const lines = plan.sent ? [] : transit(random, from, plan.seconds);
  lines.push(
    `Message-ID: ${plan.messageId}`,
    `From: ${mailbox(from, charset.charset)}`,
    `To: ${to.map((person) => mailbox(person, 'utf-8')).join(',\r\n ')}`,
  );
  if (random.below(4) === 0) lines.push(`Cc: ${mailbox(random.pick(PEOPLE), 'utf-8')}`);
  lines.push(`Subject: ${encodeWords(subject, charset.charset)}`, `Date: ${mailDate(plan.seconds, offset)}`);
  const references = thread.messageIds;
  if (plan.reply && references.length > 0)
    lines.push(`In-Reply-To: ${references.at(-1) ?? ''}`, `References: ${references.join('\r\n ')}`);
  lines.push(
    'Mime-Version: 1.0',
    'X-Mailer: Amazon WorkMail',
    `Thread-Index: ${thread.index.toString('base64').replace(/(.{70})(?=.)/g, '$1\r\n ')}`,
    `Thread-Topic: ${encodeWords(thread.subject, charset.charset)}`,
    `X-Wm-Sent-Timestamp: ${plan.seconds}`,
  );
  return `${lines.join('\r\n')}\r\n`;
}

/** What servers put on a message on its way. */
function transit(random: SeededRandom, from: Person, seconds: number): string[] {
  const domain = from.address.slice(from.address.indexOf('@') + 1);
  const date = mailDate(seconds + 2, 0);
  return [
    `Return-Path: <${from.address}>`,
    `Received: from mail-${random.below(90)}.${domain} (mail.${domain} [192.0.2.${random.below(255)}])\r\n by inbound-smtp.us-east-1.amazonaws.com with SMTP id ${random.hex(20)}\r\n for ${OWNER.address};\r\n ${date}`,
    `X-SES-Spam-Verdict: ${random.below(20) === 0 ? 'FAIL' : 'PASS'}`,
    `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${domain}; s=s${random.below(9)};\r\n h=from:to:subject:date; bh=${random.bytes(32).toString('base64')};\r\n b=${random.bytes(48).toString('base64')}\r\n ${random.bytes(48).toString('base64')}`,
  ];
}

function mailbox(person: Person, charset: string): string {
  if (person.name === '') return person.address;
  if (!/^[\x20-\x7e]*$/.test(person.name)) {
    const fits = /^(utf-8|us-ascii)$/i.test(charset) || !encodeCharset(person.name, charset).includes(0x3f);
    return `${encodeWords(person.name, fits ? charset : 'utf-8')} <${person.address}>`;
  }
  return /^[A-Za-z0-9 ]+$/.test(person.name)
    ? `${person.name} <${person.address}>`
    : `"${person.name.replace(/["\\]/g, '\\$&')}" <${person.address}>`;
}

function bodyPieces(random: SeededRandom, language: Language, charset: Charset, plan: MessagePlan): Piece[] {
  const quoted = plan.reply ? `\r\n> ${prose(random, language, 200).trimEnd().replaceAll('\r\n', '\r\n> ')}\r\n` : '';
  const text = `${prose(random, language, plan.textSize)}${quoted}\r\n-- \r\n${OWNER.address}\r\n`;
  const form = random.below(10);
  if (form < 3) return textPart('plain', text, charset);
  const html: Charset = { charset: charset.charset, encoding: charset.encoding === '7bit' ? '7bit' : charset.encoding };
  if (form === 3) return textPart('html', asHtml(text, charset.charset), html);
  const boundary = `=_${random.hex(12)}`;
  return [
    `Content-Type: multipart/alternative; boundary="${boundary}"\r\n\r\n${PROLOGUE}\r\n--${boundary}\r\n`,
    ...textPart('plain', text, charset),
    `\r\n--${boundary}\r\n`,
    ...textPart('html', asHtml(text, charset.charset), html),
    `\r\n--${boundary}--\r\n`,
  ];
}

function textPart(subtype: string, text: string, { charset, encoding }: Charset): Piece[] {
  const octets = encodeCharset(text, charset);
  const head = `Content-Type: text/${subtype}; charset=${charset}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`;
  if (encoding === 'base64') return [head, `${base64Lines(octets)}\r\n`];
  return encoding === 'quoted-printable' ? [head, `${quotedPrintable(octets)}\r\n`] : [head, octets];
}

/** The text with one to three attachments; now and then a message or an image the HTML refers to. */
function mixed(random: SeededRandom, pool: AttachmentPool, body: readonly Piece[], plan: MessagePlan): Piece[] {
  const boundary = `=_${random.hex(12)}`;
  const inline = random.below(8) === 0;
  const pieces: Piece[] = [
    `Content-Type: multipart/${inline ? 'related' : 'mixed'}; boundary="${boundary}"\r\n\r\n${PROLOGUE}\r\n--${boundary}\r\n`,
    ...body,
  ];
  const count = 1 + random.below(3);
  for (let each = 0; each < count; each++) {
    pieces.push(`\r\n--${boundary}\r\n`);
    if (each === 0 && !inline && random.below(12) === 0) {
      pieces.push('Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename="original.eml"\r\n\r\n');
      pieces.push(
        makeMessage(random, pool, {
          ...plan,
          attachmentSize: Math.floor(plan.attachmentSize / count),
          reply: false,
          messageId: `<${random.hex(12)}@example.net>`,
        }),
      );
      continue;
    }
    const made = makeAttachment(random, pool, plan.attachmentSize / count, inline);
    const name = `${random.pick((LANGUAGES[plan.thread.language] ?? LANGUAGES[0]).subjects).replace(/[^\p{L}\p{N} -]/gu, '')}.${made.extension}`;
    pieces.push(
      `Content-Type: ${made.mediaType};\r\n ${encodeParameter('name', name)}\r\nContent-Disposition: ${inline ? 'inline' : 'attachment'};\r\n ${encodeParameter('filename', name)}\r\n`,
      inline ? `Content-ID: <${random.hex(8)}@wm>\r\n` : '',
      'Content-Transfer-Encoding: base64\r\n\r\n',
      ...made.pieces,
    );
  }
  pieces.push(`\r\n--${boundary}--\r\n`);
  return pieces;
}

/** One buffer of all pieces. Strings here are ASCII: everything else was encoded before. */
function join(pieces: readonly Piece[]): Buffer {
  const buffers = pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece));
  return Buffer.concat(buffers);
}
