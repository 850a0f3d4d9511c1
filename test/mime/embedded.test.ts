import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { joinPartials, parseMessage } from '../../src/mime/index.ts';
import { type EmbeddedMessage, issue, type ParsedCalendar, type ParsedMessage } from '../../src/model/index.ts';
import { CORPORA } from './corpora.ts';
import { message } from './record.ts';

const INNER = message(
  'From: a@b',
  'Subject: inner',
  'Content-Type: multipart/mixed; boundary=i',
  '',
  '--i',
  '',
  'text',
  '--i--',
);
const messagesOf = (parsed: ParsedMessage): EmbeddedMessage[] =>
  parsed.children.flatMap((child) => (child.type === 'Email' ? [child] : []));
const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64').replace(/.{76}/g, '$&\r\n');

describe('attached messages', () => {
  test.each([
    ['as they stand', ['Content-Type: message/rfc822'], INNER.toString()],
    ['in base64', ['Content-Type: message/rfc822', 'Content-Transfer-Encoding: base64'], base64(INNER)],
    [
      'in quoted-printable',
      ['Content-Type: message/global', 'Content-Transfer-Encoding: quoted-printable'],
      INNER.toString().replaceAll('=', '=3D'),
    ],
    [
      'as .eml files',
      ['Content-Type: application/octet-stream; name="a.EML"', 'Content-Transfer-Encoding: base64'],
      base64(INNER),
    ],
  ])('%s', (_, header, body) => {
    const parsed = parseMessage(message(...header, '', body));
    const [child] = messagesOf(parsed);
    expect(parsed.children).toHaveLength(1);
    expect(child).toMatchObject({
      type: 'Email',
      partId: '1',
      text: 'text',
      email: { subject: 'inner', size: INNER.length },
    });
    expect(Buffer.from(child?.octets() ?? [])).toEqual(INNER);
    expect(child?.native).toEqual({
      mediaType: 'message/rfc822',
      digest: `sha256:${parsed.email.bodyStructure.digests?.sha256}`,
      size: INNER.length,
      md5: parsed.email.bodyStructure.digests?.md5,
    });
    expect(parsed.email.attachments).toHaveLength(1);
    expect(Buffer.from(child?.content('1') ?? []).toString()).toBe('text');
  });

  test('an .eml file that is none stays an attachment', () => {
    const { children, email } = parseMessage(
      message('Content-Type: text/plain; name=a.eml', 'Content-Disposition: attachment', '', 'prose'),
    );
    expect(children).toEqual([]);
    expect(email.attachments).toHaveLength(1);
  });

  test('deeper ones than the limit are attachments of the last, with an issue', () => {
    const nested = Buffer.from(`${'Content-Type: message/rfc822\n\n'.repeat(3_000)}Subject: x\n\n`);
    let depth = 0;
    let current: ParsedMessage = parseMessage(nested);
    for (let [child] = messagesOf(current); child !== undefined; [child] = messagesOf(current)) {
      current = child;
      depth++;
    }
    expect(depth).toBe(64);
    expect(current.email.attachments).toHaveLength(1);
    expect(current.issues).toMatchObject([
      { code: 'LIMIT_REACHED', part: '1', message: expect.stringContaining('maxMessageDepth (64)') },
    ]);
  });
});

describe('calendars', () => {
  const item = {
    uid: 'u',
    recurrenceId: null,
    component: 'VEVENT',
    method: null,
    event: { '@type': 'Event' },
    jcal: [],
    start: null,
    end: null,
    issues: [],
  } as const;
  const seen: string[] = [];
  const parseCalendar = (bytes: Uint8Array, part: { charset?: string; method?: string } = {}): ParsedCalendar => {
    seen.push(Buffer.from(bytes).toString(part.charset === 'iso-8859-1' ? 'latin1' : 'utf8'));
    return { items: [item, item], issues: [issue('CALENDAR_TRAILING_DATA', 'more')] };
  };
  const CALENDAR = 'BEGIN:VCALENDAR\r\nSUMMARY:é';

  test.each([
    ['text/calendar', ['Content-Type: text/calendar; charset=utf-8; method=REQUEST'], 'utf8'],
    ['text/calendar in another charset', ['Content-Type: text/calendar; charset=iso-8859-1'], 'latin1'],
    ['application/ics', ['Content-Type: application/ics', 'Content-Disposition: attachment'], 'utf8'],
    ['an .ics file', ['Content-Type: application/octet-stream; name=invite.ics'], 'utf8'],
  ] as const)('%s yields its components', (_, header, encoding) => {
    seen.length = 0;
    const bytes = Buffer.concat([message(...header, '', ''), Buffer.from(CALENDAR, encoding)]);
    const { children, issues, email } = parseMessage(bytes, { parseCalendar });
    expect(seen).toEqual([CALENDAR]);
    expect(children).toMatchObject([
      { type: 'CalendarItem', partId: '1', ordinal: 1, uid: 'u' },
      { type: 'CalendarItem', partId: '1', ordinal: 2, uid: 'u' },
    ]);
    expect(children[0]?.native).toMatchObject({
      mediaType: 'text/calendar',
      size: Buffer.from(CALENDAR, encoding).length,
    });
    expect(Buffer.from(children[1]?.octets() ?? [])).toEqual(Buffer.from(CALENDAR, encoding));
    expect(issues).toMatchObject([{ code: 'CALENDAR_TRAILING_DATA', part: '1' }]);
    expect(email.attachments).toHaveLength(1);
  });

  test('without a reader they are attachments', () => {
    expect(parseMessage(message('Content-Type: text/calendar', '', CALENDAR)).children).toEqual([]);
  });
});

describe('files within text', () => {
  const TEXT = ['see below', 'begin 644 cat.txt', '#0V%T', '`', 'end', 'bye'].join('\r\n');

  test('are attachments of the message, and not of its text', () => {
    const parsed = parseMessage(message('Subject: x', '', TEXT));
    expect(parsed.text).toBe('see below\nbye');
    expect(parsed.email.attachments).toMatchObject([
      { partId: '1.u1', name: 'cat.txt', size: 3, disposition: 'attachment' },
    ]);
    expect(parsed.email.hasAttachment).toBe(true);
    expect(Buffer.from(parsed.content('1.u1') ?? []).toString()).toBe('Cat');
    expect(Buffer.from(parsed.content('1') ?? []).toString()).toBe(TEXT);
  });

  test('in yEnc too', () => {
    const octets = Buffer.from('=ybegin line=128 size=3 name=a.bin\r\nkkk\r\n=yend size=3\r\n', 'latin1');
    const parsed = parseMessage(Buffer.concat([message('Subject: x', '', ''), octets]));
    expect(parsed.email.attachments).toMatchObject([{ partId: '1.y1', name: 'a.bin', size: 3 }]);
    expect(Buffer.from(parsed.content('1.y1') ?? []).toString()).toBe('AAA');
  });

  test('no more of them than the limit', () => {
    const { email, issues } = parseMessage(message('', TEXT, TEXT, TEXT), { limits: { maxTextFiles: 2 } });
    expect(email.attachments).toHaveLength(2);
    expect(issues).toMatchObject([{ code: 'LIMIT_REACHED', message: expect.stringContaining('maxTextFiles (2)') }]);
  });
});

describe('reports', () => {
  test('delivery status (RFC 3464)', () => {
    const { email } = parseMessage(
      message(
        'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
        '',
        '--b',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mx.example',
        'X-Note: one',
        'X-Note: =?utf-8?Q?zw=C3=B6lf?=',
        '',
        'Final-Recipient: rfc822; a@b',
        'Diagnostic-Code: smtp; 550',
        ' no such user',
        '',
        '',
        'Final-Recipient: rfc822; c@d',
        '--b--',
      ),
    );
    expect(email.report).toEqual({
      kind: 'delivery-status',
      perMessage: { 'reporting-mta': 'dns; mx.example', 'x-note': ['one', 'zwölf'] },
      perRecipient: [
        { 'final-recipient': 'rfc822; a@b', 'diagnostic-code': 'smtp; 550 no such user' },
        { 'final-recipient': 'rfc822; c@d' },
      ],
    });
  });

  test.each([
    ['message/disposition-notification', 'Disposition: manual-action; displayed', 'disposition-notification'],
    ['message/feedback-report', 'Feedback-Type: abuse', 'feedback-report'],
    ['message/global-delivery-status', 'Reporting-MTA: dns; x', 'delivery-status'],
  ])('%s', (type, field, kind) => {
    const [name = '', value] = field.split(': ');
    const { email } = parseMessage(message(`Content-Type: ${type}`, '', 'junk', field));
    expect(email.report).toEqual({ kind, perMessage: { [name.toLowerCase()]: value }, perRecipient: [] });
  });

  test('one without fields is no report', () => {
    const { email, issues } = parseMessage(message('Content-Type: message/delivery-status', '', 'nothing'));
    expect(email.report).toBeUndefined();
    expect(issues).toMatchObject([{ code: 'EMBEDDED_UNREADABLE', part: '1' }]);
  });
});

describe('message/partial', () => {
  const header = 'From: Bill@host.com\r\nSubject: Audio mail\r\nMessage-ID: <id1@host.com>\r\nMIME-Version: 1.0';
  const fragment = (number: number, body: string, total = 'total=2; ') =>
    message(header, `Content-Type: message/partial; id="ABC@host.com"; number=${number}; ${total}`, '', body);
  const first = fragment(
    1,
    'X-Weird-Header-1: Foo\r\nMessage-ID: <anotherid@foo.com>\r\nSubject: whole\r\nContent-Type: audio/basic\r\n\r\nfirst half, ',
  );
  const second = fragment(2, 'second half');

  test('a fragment says what it is of', () => {
    expect(parseMessage(second).email.report).toEqual({ kind: 'partial', id: 'ABC@host.com', number: 2, total: 2 });
  });

  test('fragments are joined as RFC 2046 §5.2.2.1 says, whatever their order', () => {
    const [joined] = joinPartials([second, message('Subject: no fragment', '', ''), first]);
    expect(Buffer.from(joined?.octets ?? []).toString()).toBe(
      'From: Bill@host.com\r\nMessage-ID: <anotherid@foo.com>\r\nSubject: whole\r\nContent-Type: audio/basic\r\n\r\nfirst half, second half',
    );
  });

  test('missing ones are named', () => {
    expect(joinPartials([second])).toEqual([{ octets: null, id: 'ABC@host.com', total: 2, missing: [1] }]);
    expect(joinPartials([fragment(1, 'x', '')])).toEqual([
      { octets: null, id: 'ABC@host.com', total: null, missing: [] },
    ]);
  });
});

describe('what cannot be read without a key', () => {
  test.each([
    ['PGP/MIME', ['Content-Type: application/pgp-encrypted', '', 'Version: 1']],
    ['PGP in a file', ['Content-Type: application/octet-stream', '', '-----BEGIN PGP MESSAGE-----']],
    ['PGP in text', ['Content-Type: text/plain', '', 'Hello', '-----BEGIN PGP MESSAGE-----', 'x']],
    [
      'S/MIME',
      [
        'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m',
        'Content-Transfer-Encoding: base64',
        '',
        // ContentInfo { enveloped-data, [0] SEQUENCE {} }
        Buffer.from('300f06092a864886f70d010703a0023000', 'hex').toString('base64'),
      ],
    ],
  ])('%s is flagged', (_, lines) => {
    const { issues, children, email } = parseMessage(message(...lines));
    expect(issues).toMatchObject([{ code: 'ENCRYPTED', severity: 'error', part: '1' }]);
    expect(children).toEqual([]);
    expect(email.bodyStructure.size).toBeGreaterThan(0);
  });
});

test('PKCS #7 that is none is said to be unreadable', () => {
  const { issues, children } = parseMessage(message('Content-Type: application/pkcs7-mime', '', 'no such thing'));
  expect(issues).toMatchObject([{ code: 'EMBEDDED_UNREADABLE', part: '1' }]);
  expect(children).toEqual([]);
});

describe('opaque-signed content', () => {
  /** SignedData without signers around a MIME entity: definite lengths below 128, or long form. */
  const der = (tag: number, ...parts: Buffer[]): Buffer => {
    const body = Buffer.concat(parts);
    const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 255];
    return Buffer.concat([Buffer.from([tag, ...length]), body]);
  };
  const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
  const encapsulated = der(0x30, oid('2a864886f70d010701'), der(0xa0, der(0x04, INNER)));
  const signedData = der(0x30, der(0x02, Buffer.from([1])), der(0x31), encapsulated, der(0x31));
  const cms = der(0x30, oid('2a864886f70d010702'), der(0xa0, signedData));

  test.each([
    ['application/pkcs7-mime; smime-type=signed-data'],
    ['application/x-pkcs7-mime'],
    ['application/octet-stream; name=smime.p7m'],
  ])('is a message within (%s)', (type) => {
    const parsed = parseMessage(
      message('Subject: outer', `Content-Type: ${type}`, 'Content-Transfer-Encoding: base64', '', base64(cms)),
    );
    const [child] = messagesOf(parsed);
    expect(child).toMatchObject({
      text: 'text',
      email: { subject: 'inner', report: { kind: 'signed-data', signers: [] } },
    });
    expect(child?.native).toMatchObject({ mediaType: 'application/pkcs7-mime', size: cms.length });
    expect(Buffer.from(child?.octets() ?? [])).toEqual(cms);
  });
});

const TNEF = join(CORPORA, 'tnef');
const tnefPresent = existsSync(TNEF);
if (!tnefPresent) console.warn('skipped: no TNEF corpus');

describe.skipIf(!tnefPresent)('TNEF', () => {
  const attached = (file: string, type = 'application/ms-tnef; name=winmail.dat') =>
    parseMessage(
      message(`Content-Type: ${type}`, 'Content-Transfer-Encoding: base64', '', base64(readFileSync(join(TNEF, file)))),
    );

  test('is a message within, with its attachments', () => {
    const [child] = messagesOf(attached('two-files.tnef'));
    expect(child?.email.attachments.map(({ partId, name, size }) => [partId, name, size])).toEqual([
      ['1', 'AUTHORS', 244],
      ['2', 'README', 893],
    ]);
    expect(child?.content('2')).toHaveLength(893);
    expect(child?.content('3')).toBeNull();
    expect(child?.native.mediaType).toBe('application/ms-tnef');
    expect(child?.email.subject).toBe('two files');
  });

  test('is found by its name and first octets under any type', () => {
    expect(messagesOf(attached('one-file.tnef', 'application/octet-stream; name=winmail.dat'))).toHaveLength(1);
    expect(messagesOf(attached('one-file.tnef', 'application/vnd.ms-tnef'))).toHaveLength(1);
  });

  test('has the text of its body', () => {
    const [child] = messagesOf(attached('body.tnef'));
    expect(child?.email.subject).toBe('Bill of Rights');
    expect(child?.text).toContain('THE BILL OF RIGHTS');
    expect(child?.email.preview.startsWith('THE BILL OF RIGHTS')).toBe(true);
  });
});
