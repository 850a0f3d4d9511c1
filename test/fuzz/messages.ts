import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expand, parseCalendar } from '../../src/calendar/index.ts';
import { parseMessage } from '../../src/mime/index.ts';
import { generateMailbox } from '../../src/sandbox/index.ts';
import { everything } from '../mime/embedded/tnef-writer.ts';
import { mutateLines, mutateNumber, mutateOctets } from './mutate.ts';
import { NUMBERS, type Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

/** Reads a message and everything within it, as the pipeline does. */
function read(octets: Uint8Array): void {
  const open = [...parseMessage(octets, { parseCalendar }).children];
  for (let child = open.pop(); child !== undefined; child = open.pop()) {
    if (child.type === 'Email') open.push(...child.children);
    // Lazily made: a child that cannot give its octets is found out here.
    child.octets();
    JSON.stringify(child.issues);
  }
}

const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64').replace(/.{76}/g, '$&\r\n');

const attached = (type: string, name: string, octets: Uint8Array): Buffer =>
  Buffer.from(
    `From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: ${type}; name="${name}"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="${name}"\r\n\r\n${base64(octets)}\r\n--b--\r\n`,
    'latin1',
  );

/** An attribute's id, length or checksum, the last made right again mostly; or a number of a MAPI property. */
function alteredTnef(random: Random, good: Buffer): Buffer {
  let octets: Buffer = Buffer.from(good);
  for (let change = 1 + random.below(3); change > 0; change -= 1) {
    const starts: number[] = [];
    for (let at = 6; at + 9 <= octets.length; at += 11 + octets.readUInt32LE(at + 5)) {
      starts.push(at);
      if (octets.readUInt32LE(at + 5) > octets.length) break;
    }
    if (starts.length === 0) return mutateOctets(random, octets);
    const start = random.of(starts);
    const length = octets.readUInt32LE(start + 5);
    if (random.chance(0.3))
      octets = mutateNumber(random, octets, start + random.of([0, 1, 3, 5]), random.of([1, 2, 4]));
    else if (start + 9 + length + 2 <= octets.length && length > 0) {
      octets = mutateNumber(random, octets, start + 9 + random.below(length), random.of([1, 2, 4, 8]));
      const sum = octets.subarray(start + 9, start + 9 + length).reduce((total, octet) => total + octet, 0);
      if (random.chance(0.9)) octets.writeUInt16LE(sum & 0xffff, start + 9 + length);
    }
  }
  return random.chance(0.2) ? mutateOctets(random, octets, 1) : octets;
}

/** Sets an octet that looks like a DER length, or a tag, to another. */
function alteredDer(random: Random, good: Buffer): Buffer {
  const octets = Buffer.from(good);
  for (let change = 1 + random.below(3); change > 0; change -= 1) {
    const at = random.below(Math.min(octets.length, random.chance(0.7) ? 300 : octets.length));
    octets[at] = random.of([0x00, 0x30, 0x31, 0x24, 0xa0, 0x80, 0x81, 0x82, 0x84, 0x88, 0x7f, 0xff, random.below(256)]);
  }
  return random.chance(0.2) ? mutateOctets(random, octets, 1) : octets;
}

const uuencoded = (octets: Buffer): string => {
  const lines: string[] = [];
  for (let at = 0; at < octets.length; at += 45) {
    const part = octets.subarray(at, at + 45);
    let line = String.fromCharCode(32 + part.length);
    for (let place = 0; place < part.length; place += 3) {
      const word = ((part[place] ?? 0) << 16) | ((part[place + 1] ?? 0) << 8) | (part[place + 2] ?? 0);
      for (const shift of [18, 12, 6, 0]) line += String.fromCharCode(32 + ((word >> shift) & 63));
    }
    lines.push(line);
  }
  return ['begin 644 photo.jpg', ...lines, '`', 'end'].join('\r\n');
};

const yencoded = (octets: Buffer): string => {
  const escaped = [...octets].map((octet) => {
    const moved = (octet + 42) & 255;
    return [0, 10, 13, 61].includes(moved) ? `=${String.fromCharCode((moved + 64) & 255)}` : String.fromCharCode(moved);
  });
  const lines: string[] = [];
  for (let at = 0; at < escaped.length; at += 128) lines.push(escaped.slice(at, at + 128).join(''));
  return [`=ybegin line=128 size=${octets.length} name=a.bin`, ...lines, `=yend size=${octets.length}`].join('\r\n');
};

const OCTETS = Buffer.from(Array.from({ length: 700 }, (_, place) => (place * 37 + (place >> 3)) & 255));
const TEXT_LINES = [
  'begin 644 a',
  'begin 000 ',
  'begin 644 ../../x',
  'end',
  '`',
  ' ',
  '=ybegin line=128 size=5 name=x',
  '=ybegin part=1 total=99999 line=0 size=99999999999 name=',
  '=ypart begin=1 end=99999999999',
  '=yend size=1 crc32=zz',
  '=yend',
  '=',
  'M',
  '\x7f'.repeat(100),
  '',
];
const MIME_LINES = [
  '--b',
  '--b--',
  '--',
  'Content-Type: multipart/mixed; boundary=b',
  'Content-Type: multipart/mixed; boundary=""',
  'Content-Type: message/rfc822',
  'Content-Type: message/partial; id=x; number=1; total=999999',
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  'Content-Transfer-Encoding: x-uuencode',
  'Content-Type: text/plain; charset=utf-16',
  "Content-Disposition: attachment; filename*0*=utf-8''%; filename*1=\"",
  'Subject: =?utf-8?b?/////?= =?x?q?=?=',
  `To: ${'a,'.repeat(3000)}`,
  `To: ${'('.repeat(3000)}`,
  `References: ${'<a@b>'.repeat(900)}`,
  'Date: 32 Foo 99999 99:99:99 +9999',
  '=',
  '=0',
  ' ',
  '\t',
  '',
];
const CALENDAR_LINES = [
  'BEGIN:VCALENDAR',
  'END:VCALENDAR',
  'BEGIN:VEVENT',
  'END:VEVENT',
  'BEGIN:VTIMEZONE',
  'BEGIN:STANDARD',
  'END:STANDARD',
  'DTSTART:20260101T000000Z',
  'DTSTART;VALUE=DATE:00010101',
  'DTSTART:99991231T235960Z',
  'DTEND:19000101',
  'DURATION:P99999999999W',
  'DURATION:-PT1S',
  'RDATE;VALUE=PERIOD:20260101T000000Z/P1D,',
  'EXDATE:20260101',
  'RECURRENCE-ID;RANGE=THISANDFUTURE:20260105T000000Z',
  'TZID:Nowhere',
  'TZOFFSETFROM:+2459',
  'TZOFFSETTO:-0000',
  'ATTENDEE;CN="a:mailto:b',
  'DESCRIPTION:\\',
  ' folded',
  'X',
  ':',
  ';=:',
];
const RULE_PARTS = [
  'FREQ=SECONDLY',
  'FREQ=YEARLY',
  'FREQ=MONTHLY',
  'FREQ=DAILY',
  'FREQ=WEEKLY',
  'FREQ=HOURLY',
  'INTERVAL=0',
  'INTERVAL=4294967295',
  'COUNT=0',
  'COUNT=99999999',
  'UNTIL=00010101',
  'UNTIL=99991231T235959Z',
  'BYMONTH=2',
  'BYMONTHDAY=30',
  'BYMONTHDAY=-31',
  'BYYEARDAY=366',
  'BYYEARDAY=-366',
  'BYWEEKNO=53',
  'BYDAY=5MO',
  'BYDAY=-53SU',
  'BYDAY=MO,TU,WE,TH,FR,SA,SU',
  'BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11',
  'BYMINUTE=59',
  'BYSECOND=60',
  'BYSETPOS=-1',
  'BYSETPOS=366',
  'WKST=SU',
  'RSCALE=CHINESE',
  'SKIP=FORWARD',
];

function alteredCalendar(random: Random, good: string): string {
  const rule = () => `RRULE:${Array.from({ length: 1 + random.below(6) }, () => random.of(RULE_PARTS)).join(';')}`;
  const text = mutateLines(random, good, [...CALENDAR_LINES, rule(), rule()]);
  return random.chance(0.3) ? text.replace(/\d{4,8}/, () => String(random.of(NUMBERS))) : text;
}

const GENERATED = [...generateMailbox({ seed: 11, messages: 12, averageBytes: 1500, calendar: 0.6 })];
const EVENT =
  'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Europe/Berlin:20260105T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=20\r\nEXDATE;TZID=Europe/Berlin:20260112T090000\r\nSUMMARY:Weekly\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n';

export const MESSAGE_TARGETS: readonly FuzzTarget[] = [
  {
    name: 'TNEF',
    runs: 900,
    prepare: async () => {
      const good = everything();
      return async (random) => read(attached('application/ms-tnef', 'winmail.dat', alteredTnef(random, good)));
    },
  },
  {
    name: 'uuencode and yEnc',
    runs: 1200,
    prepare: async () => {
      const goods = [uuencoded(OCTETS), yencoded(OCTETS), `${uuencoded(OCTETS)}\r\n${yencoded(OCTETS)}`];
      return async (random) => {
        const body = mutateLines(random, random.of(goods), TEXT_LINES);
        read(Buffer.from(`From: a@example.com\r\n\r\nfiles:\r\n${body}\r\n`, 'latin1'));
      };
    },
  },
  {
    name: 'S/MIME',
    runs: 900,
    prepare: async () => {
      const folder = join(process.cwd(), 'fixtures', 'messages', 'smime');
      const goods = readdirSync(folder)
        .filter((name) => /\.p7[mcs]$/.test(name))
        .map((name) => readFileSync(join(folder, name)))
        .map((octets) => derOf(octets));
      return async (random) =>
        read(attached('application/pkcs7-mime', 'smime.p7m', alteredDer(random, random.of(goods))));
    },
  },
  {
    name: 'message',
    runs: 900,
    prepare: async () => {
      const goods = GENERATED.filter(({ path }) => path.endsWith('.eml')).map(({ bytes }) =>
        Buffer.from(bytes).toString('latin1'),
      );
      return async (random) => read(Buffer.from(mutateLines(random, random.of(goods), MIME_LINES), 'latin1'));
    },
  },
  {
    name: 'calendar',
    runs: 900,
    prepare: async () => {
      const goods = GENERATED.filter(({ path }) => path.endsWith('.ics')).map(({ bytes }) =>
        Buffer.from(bytes).toString('latin1'),
      );
      return async (random) => {
        const { items } = parseCalendar(Buffer.from(alteredCalendar(random, random.of([EVENT, ...goods])), 'latin1'));
        for (const item of items) {
          let instances = 0;
          for (const _ of expand(item, '2026-01-01', '2027-01-01')) if (++instances > 5000) break;
        }
      };
    },
  },
];

/** A fixture as DER, whether it lies as DER or as a message with a base64 body. */
function derOf(octets: Buffer): Buffer {
  if (octets[0] === 0x30) return octets;
  const text = octets.toString('latin1');
  const body = text.slice(text.search(/\r?\n\r?\n/)).replace(/-----[^-]*-----/g, '');
  return Buffer.from(body, 'base64');
}
