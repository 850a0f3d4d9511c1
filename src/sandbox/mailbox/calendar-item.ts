import { calendarTime, mailDate } from './moment.ts';
import { prose } from './prose.ts';
import type { SeededRandom } from './random.ts';
import { base64Lines, encodeWords } from './transfer.ts';
import { LANGUAGES, OWNER, PEOPLE } from './vocabulary.ts';

const ZONES: readonly [readonly [string, string, string], ...(readonly [string, string, string])[]] = [
  ['Europe/Berlin', '+0100', '+0200'],
  ['W. Europe Standard Time', '+0100', '+0200'],
  ['Eastern Standard Time', '-0500', '-0400'],
];
const RULES: readonly [string, ...string[]] = [
  'FREQ=WEEKLY;BYDAY=MO,WE;COUNT=12',
  'FREQ=DAILY;INTERVAL=2;COUNT=5',
  'FREQ=MONTHLY;BYDAY=2TU;COUNT=6',
  'FREQ=YEARLY;COUNT=3',
];

/** One calendar as iCalendar text (RFC 5545): timed, all-day or recurring, with a moved instance now and then. */
export function calendarText(random: SeededRandom, seconds: number, method: string | null): string {
  const [zone, winter, summer] = random.pick(ZONES);
  const allDay = random.below(5) === 0;
  const recurring = random.below(3) === 0;
  const uid = `${random.uuid()}@storage.wm.amazon.com`;
  const start = seconds - (seconds % 1800);
  const stamp = `${calendarTime(seconds)}Z`;
  const language = random.pick(LANGUAGES);
  const shared = [
    `UID:${uid}`,
    `DTSTAMP:${stamp}`,
    `SUMMARY:${escapeText(random.pick(language.subjects))}`,
    `ORGANIZER;CN=${OWNER.name}:mailto:${OWNER.address}`,
  ];
  const time = (name: string, at: number) =>
    allDay ? `${name};VALUE=DATE:${calendarTime(at).slice(0, 8)}` : `${name};TZID=${zone}:${calendarTime(at)}`;
  const length = allDay ? 86_400 : 1800 * (1 + random.below(4));
  const lines = [
    'BEGIN:VCALENDAR',
    'PRODID:-//Amazon WorkMail//Calendar 1.0//EN',
    'VERSION:2.0',
    ...(method === null ? [] : [`METHOD:${method}`]),
    ...(allDay ? [] : zoneLines(zone, winter, summer)),
    'BEGIN:VEVENT',
    ...shared,
    time('DTSTART', start),
    time('DTEND', start + length),
    ...(recurring ? [`RRULE:${random.pick(RULES)}`] : []),
    `DESCRIPTION:${escapeText(prose(random, language, 80 + random.below(600)))}`,
    `LOCATION:${escapeText(`Room ${random.below(40)}, floor ${random.below(6)}`)}`,
    ...Array.from({ length: random.below(6) }, () => {
      const person = random.pick(PEOPLE);
      return `ATTENDEE;CN="${person.name.replaceAll('"', "'")}";PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:${person.address}`;
    }),
    `SEQUENCE:${random.below(3)}`,
    ...(random.below(2) === 0
      ? ['BEGIN:VALARM', 'ACTION:DISPLAY', 'DESCRIPTION:Reminder', 'TRIGGER:-PT15M', 'END:VALARM']
      : []),
    'END:VEVENT',
    ...(recurring && random.below(2) === 0
      ? [
          'BEGIN:VEVENT',
          ...shared,
          time('RECURRENCE-ID', start),
          time('DTSTART', start + 3600),
          time('DTEND', start + 3600 + length),
          'END:VEVENT',
        ]
      : []),
    'END:VCALENDAR',
  ];
  return `${lines.map(fold).join('\r\n')}\r\n`;
}

/** The same as a message with a text/calendar part, as an invitation lies in a mailbox. */
export function invitation(random: SeededRandom, seconds: number): Buffer {
  const boundary = `=_${random.hex(12)}`;
  const calendar = calendarText(random, seconds, 'REQUEST');
  const text = prose(random, LANGUAGES[0], 120);
  return Buffer.from(
    [
      `Message-ID: <mail.${random.uuid()}@storage.wm.amazon.com>`,
      `From: ${OWNER.name} <${OWNER.address}>`,
      `To: ${random.pick(PEOPLE).address}`,
      `Subject: ${encodeWords(random.pick(random.pick(LANGUAGES).subjects), 'utf-8')}`,
      `Date: ${mailDate(seconds, 60)}`,
      'Mime-Version: 1.0',
      'X-Mailer: Amazon WorkMail',
      `Content-Type: multipart/alternative; boundary="${boundary}"`,
      '',
      'This is a multi-part message in MIME format. Your mail reader does not understand MIME message format.',
      `--${boundary}`,
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 7bit',
      '',
      text,
      `--${boundary}`,
      'Content-Type: text/calendar; charset=utf-8; method=REQUEST',
      'Content-Transfer-Encoding: base64',
      '',
      base64Lines(Buffer.from(calendar)),
      `--${boundary}--`,
      '',
    ].join('\r\n'),
    'utf8',
  );
}

function zoneLines(zone: string, winter: string, summer: string): string[] {
  const observance = (name: string, from: string, to: string, month: number, day: string) => [
    `BEGIN:${name}`,
    'DTSTART:16010101T020000',
    `TZOFFSETFROM:${from}`,
    `TZOFFSETTO:${to}`,
    `RRULE:FREQ=YEARLY;BYMONTH=${month};BYDAY=${day}`,
    `END:${name}`,
  ];
  return [
    'BEGIN:VTIMEZONE',
    `TZID:${zone}`,
    ...observance('STANDARD', summer, winter, 10, '-1SU'),
    ...observance('DAYLIGHT', winter, summer, 3, '-1SU'),
    'END:VTIMEZONE',
  ];
}

function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replaceAll('\r\n', '\\n');
}

/** RFC 5545 §3.1: lines of at most 75 octets, folded between characters. */
function fold(line: string): string {
  if (line.length * 3 <= 75) return line;
  const pieces: string[] = [];
  let piece = '';
  let size = 0;
  for (const character of line) {
    const octets = Buffer.byteLength(character);
    if (size + octets > 74) {
      pieces.push(piece);
      piece = '';
      size = 0;
    }
    piece += character;
    size += octets;
  }
  pieces.push(piece);
  return pieces.join('\r\n ');
}
