import type { ZipEntry } from './zip.ts';

/** A small mailbox made from a seed: threads, files, calendars, folders of several scripts. */
export interface MailboxOptions {
  readonly seed?: number;
  readonly messages?: number;
  readonly calendars?: number;
  readonly folders?: readonly string[];
  /** Entries for the folders themselves. */
  readonly directories?: boolean;
}

/** Mulberry32: 32 bits of state are enough for a test. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const WORDS =
  'budget review harbour lantern quarter meeting ledger garden train signal copper window river paper'.split(' ');

const base64Lines = (bytes: Buffer): string => bytes.toString('base64').replace(/.{76}/g, '$&\r\n');

export function message(number: number, random: () => number, before: string | null): string {
  const word = () => WORDS[Math.floor(random() * WORDS.length)] ?? 'word';
  const text = (words: number) => Array.from({ length: words }, word).join(' ');
  const day = String((number % 28) + 1).padStart(2, '0');
  const month = ['Jan', 'Feb', 'Mar'][Math.floor(number / 28) % 3];
  const head = [
    `Message-ID: <${number}@example.com>`,
    `Date: ${Number(day)} ${month} 2026 10:00:00 +0100`,
    'From: "A Person" <a@example.com>',
    'To: b@example.com, "C" <c@example.com>',
    `Subject: ${text(4)} ${number}`,
    ...(before === null ? [] : [`In-Reply-To: ${before}`, `References: ${before}`]),
    'MIME-Version: 1.0',
  ];
  const body = `${text(40)}\r\n${text(30)}\r\n`;
  if (number % 3 !== 0) return [...head, 'Content-Type: text/plain; charset=utf-8', '', body].join('\r\n');
  const file = Buffer.from(Array.from({ length: 600 }, () => Math.floor(random() * 256)));
  const boundary = `=_${number}`;
  return [
    ...head,
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    body,
    `--${boundary}`,
    'Content-Type: application/octet-stream; name="file.bin"',
    'Content-Disposition: attachment; filename="file.bin"',
    'Content-Transfer-Encoding: base64',
    '',
    base64Lines(file),
    `--${boundary}--`,
    '',
  ].join('\r\n');
}

export const calendar = (number: number, extra = ''): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//example//EN',
    'BEGIN:VEVENT',
    `UID:event-${number}@example.com`,
    'DTSTAMP:20260101T000000Z',
    `DTSTART:202602${String((number % 27) + 1).padStart(2, '0')}T090000Z`,
    `DTEND:202602${String((number % 27) + 1).padStart(2, '0')}T100000Z`,
    `SUMMARY:Event ${number}`,
    ...(extra === '' ? [] : [extra]),
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');

export function makeMailbox(options: MailboxOptions = {}): ZipEntry[] {
  const { seed = 1, messages = 24, calendars = 4, folders = ['Inbox', 'Sent Items', 'Projekte/Größe'] } = options;
  const random = randomNumbers(seed);
  const entries: ZipEntry[] = [];
  if (options.directories === true)
    for (const folder of folders) entries.push({ path: `${folder}/`, bytes: Buffer.alloc(0) });
  let before: string | null = null;
  for (let number = 0; number < messages; number++) {
    const folder = folders[number % folders.length] ?? 'Inbox';
    entries.push({ path: `${folder}/${number}.eml`, bytes: Buffer.from(message(number, random, before)) });
    before = number % 4 === 3 ? null : `<${number}@example.com>`;
  }
  for (let number = 0; number < calendars; number++) {
    entries.push({ path: `Calendar/${number}.ics`, bytes: Buffer.from(calendar(number)) });
  }
  return entries;
}

const sum = (entries: readonly ZipEntry[]) => entries.reduce((total, { bytes }) => total + bytes.length, 0);
export const isMessage = ({ path }: ZipEntry): boolean => path.endsWith('.eml');
export const octetsOf = { all: sum, messages: (entries: readonly ZipEntry[]) => sum(entries.filter(isMessage)) };
