import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { ATTRIBUTE } from '../../../src/mime/embedded/tnef/attribute.ts';
import { readTnef, TNEF_ATTACHMENT_LIMIT, TNEF_DEPTH_LIMIT } from '../../../src/mime/embedded/tnef/index.ts';
import { NAMED, PROPERTY_SET, TAG, TYPE } from '../../../src/mime/embedded/tnef/property-tag.ts';
import * as write from './tnef-writer.ts';

const codes = (message: { issues: readonly { code: string }[] }) => message.issues.map((found) => found.code);

test('a message with one of everything', () => {
  const message = readTnef(write.everything());
  expect(message).toMatchObject({
    subject: 'Subject',
    messageClass: 'IPM.Schedule.Meeting.Request',
    sentAt: '2024-02-29T12:30:15Z',
    to: [{ name: 'Bob', email: 'bob@example.com' }],
    cc: [],
    headers: [
      { name: 'From', value: ' a@example.com' },
      { name: 'To', value: ' b@example.com\r\n\tc@example.com' },
    ],
    body: { text: null, html: '<p>Hello\r\n', rtf: expect.stringContaining('\\fromhtml1') },
    issues: [],
  });
  expect(message.attachments.map(({ name, bytes }) => [name, bytes.length])).toEqual([
    ['A.TXT', 10],
    [null, 64],
  ]);
  expect(message.attachments[1]?.embedded).toMatchObject({ subject: 'Inner', issues: [] });
});

test('names, addresses and ids come from the MAPI properties', () => {
  const message = readTnef(
    write.stream(
      write.codepage(1252),
      write.messageProperties(
        write.unicode(TAG.SUBJECT, 'Größe'),
        write.unicode(TAG.INTERNET_MESSAGE_ID, '<1@example.com>'),
        write.unicode(TAG.IN_REPLY_TO_ID, '<0@example.com>'),
        write.unicode(TAG.INTERNET_REFERENCES, '<9@example.com> <0@example.com>'),
        write.unicode(TAG.SENDER_NAME, 'Secretary'),
        write.unicode(TAG.SENDER_ADDRESS_TYPE, 'EX'),
        write.unicode(TAG.SENDER_EMAIL_ADDRESS, '/O=ORG/CN=SECRETARY'),
        write.unicode(TAG.SENDER_SMTP_ADDRESS, 'secretary@example.com'),
        write.unicode(TAG.SENT_REPRESENTING_NAME, 'Boss'),
        write.unicode(TAG.SENT_REPRESENTING_ADDRESS_TYPE, 'SMTP'),
        write.unicode(TAG.SENT_REPRESENTING_EMAIL_ADDRESS, 'boss@example.com'),
        write.time(TAG.CLIENT_SUBMIT_TIME, '2023-11-05T01:30:00.250Z'),
        write.unicode(TAG.BODY, 'Text with\0 a NUL'),
      ),
    ),
  );
  expect(message).toMatchObject({
    subject: 'Größe',
    messageId: '<1@example.com>',
    inReplyTo: '<0@example.com>',
    references: '<9@example.com> <0@example.com>',
    sender: { name: 'Secretary', email: 'secretary@example.com' },
    from: { name: 'Boss', email: 'boss@example.com' },
    sentAt: '2023-11-05T01:30:00.250Z',
    body: { text: 'Text with\0 a NUL', html: null, rtf: null },
    meeting: null,
    issues: [],
  });
});

test.each([
  [1251, Buffer.from([0xcf, 0xf0, 0xe8]), 'При', []],
  [932, Buffer.from([0x93, 0xfa, 0x96, 0x7b]), '日本', []],
  [50220, Buffer.from('\x1b$BF|K\\\x1b(B', 'latin1'), '日本', []],
  [65001, Buffer.from('日本'), '日本', []],
  [437, Buffer.from([0x81]), 'ü', []],
  [12345, Buffer.from([0xe9]), 'é', ['CHARSET_UNKNOWN']],
  [0, Buffer.from([0xe9]), 'é', []],
] as const)('8-bit strings in code page %i', (number, octets, text, issues) => {
  const message = readTnef(
    write.stream(write.codepage(number), write.messageProperties(write.string8(TAG.SUBJECT, octets))),
  );
  expect(message.subject).toBe(text);
  expect(codes(message)).toEqual(issues);
});

test('the recipient table gives kinds, one-off entry ids and Exchange names', () => {
  const oneOff = Buffer.concat([
    Buffer.alloc(4),
    Buffer.from('a41f2b81a3be19109d6e00dd010f5402', 'hex'),
    Buffer.from([0, 0, 0, 0x80]),
    Buffer.from('Carol\0SMTP\0carol@example.com\0', 'utf16le'),
  ]);
  const message = readTnef(
    write.stream(
      write.recipientTable(
        [write.integer(TAG.RECIPIENT_TYPE, 0x1000_0001), write.unicode(TAG.SMTP_ADDRESS, 'a@example.com')],
        [write.integer(TAG.RECIPIENT_TYPE, 2), write.binary(TAG.ENTRY_ID, oneOff)],
        [
          write.integer(TAG.RECIPIENT_TYPE, 3),
          write.unicode(TAG.ADDRESS_TYPE, 'EX'),
          write.unicode(TAG.EMAIL_ADDRESS, '/O=ORG/CN=DAVE'),
        ],
        [write.integer(TAG.RECIPIENT_TYPE, 0), write.unicode(TAG.DISPLAY_NAME, 'originator')],
        [write.unicode(TAG.EMAIL_ADDRESS, 'SMTP:e@example.com')],
        [],
      ),
    ),
  );
  expect(message.to).toEqual([
    { name: null, email: 'a@example.com' },
    { name: null, email: 'e@example.com' },
  ]);
  expect(message.cc).toEqual([{ name: 'Carol', email: 'carol@example.com' }]);
  expect(message.bcc).toEqual([{ name: null, email: '/O=ORG/CN=DAVE' }]);
  expect(message.issues).toEqual([]);
});

test('without a table, the displayed names are kept, without addresses', () => {
  const message = readTnef(
    write.stream(write.messageProperties(write.unicode(TAG.DISPLAY_TO, 'One; Two'), write.unicode(TAG.DISPLAY_CC, ''))),
  );
  expect(message.to).toEqual([
    { name: 'One', email: '' },
    { name: 'Two', email: '' },
  ]);
  expect(message.cc).toEqual([]);
});

const triple = Buffer.concat([
  Buffer.from([4, 0, 0x20, 0, 6, 0, 23, 0]),
  Buffer.from('Alice\0'),
  Buffer.from('SMTP:alice@example.com\0'),
]);
const pair = Buffer.concat([
  Buffer.from([4, 0]),
  Buffer.from('Ann\0'),
  Buffer.from([20, 0]),
  Buffer.from('SMTP:ann@example.co\0'),
]);
test.each([
  ['attFrom', write.attribute(1, ATTRIBUTE.FROM, triple), { name: 'Alice', email: 'alice@example.com' }],
  ['attSentFor', write.attribute(1, ATTRIBUTE.SENT_FOR, pair), { name: 'Ann', email: 'ann@example.co' }],
  ['an empty attFrom', write.attribute(1, ATTRIBUTE.FROM, Buffer.alloc(8)), null],
])('%s of old mailers', (_, attribute, from) => {
  expect(readTnef(write.stream(attribute)).from).toEqual(from);
});

test.each([
  [[2024, 2, 30, 0, 0, 0, 1], null],
  [[0, 0, 0, 0, 0, 0, 0], null],
  [[1999, 12, 31, 23, 59, 60, 5], null],
  [[2000, 1, 1], null],
  [[2000, 1, 1, 0, 0, 0, 6], '2000-01-01T00:00:00Z'],
])('attDateSent %j', (fields, sentAt) => {
  const message = readTnef(write.stream(write.attribute(1, ATTRIBUTE.DATE_SENT, write.dateTimeRecord(...fields))));
  expect(message.sentAt).toBe(sentAt);
});

test.each([
  ['never', 0x0cb34557a3dd4000n],
  ['zero', 0n],
  ['beyond the year 9999', 0xffff_ffff_ffff_ffffn],
])('a FILETIME of %s is no date', (_, ticks) => {
  const octets = Buffer.alloc(8);
  octets.writeBigUInt64LE(ticks);
  const message = readTnef(
    write.stream(write.messageProperties(write.fixed(TYPE.TIME, TAG.CLIENT_SUBMIT_TIME, octets))),
  );
  expect(message.sentAt).toBeNull();
});

test('every type of property is stepped over, multi-valued and named ones too', () => {
  const set = PROPERTY_SET.COMMON;
  const message = readTnef(
    write.stream(
      write.messageProperties(
        write.fixed(TYPE.INTEGER16, 1, Buffer.alloc(2)),
        write.fixed(TYPE.BOOLEAN, 2, Buffer.alloc(2)),
        write.fixed(TYPE.FLOATING32, 3, Buffer.alloc(4)),
        write.fixed(TYPE.FLOATING64, 4, Buffer.alloc(8)),
        write.fixed(TYPE.CURRENCY, 5, Buffer.alloc(8)),
        write.fixed(TYPE.FLOATING_TIME, 6, Buffer.alloc(8)),
        write.fixed(TYPE.ERROR_CODE, 7, Buffer.alloc(4)),
        write.fixed(TYPE.INTEGER64, 8, Buffer.alloc(8)),
        write.fixed(TYPE.GUID, 9, Buffer.alloc(16)),
        write.fixed(TYPE.INTEGER16 | 0x1000, 10, Buffer.concat([write.uint32(2), Buffer.alloc(8)])),
        write.fixed(TYPE.INTEGER64 | 0x1000, 11, Buffer.concat([write.uint32(3), Buffer.alloc(24)])),
        write.variable(
          TYPE.STRING | 0x1000,
          [set, 'Keywords'],
          Buffer.from('a\0', 'utf16le'),
          Buffer.from('bcd\0', 'utf16le'),
        ),
        write.variable(TYPE.STRING8 | 0x1000, [set, 0x8539], Buffer.from('one'), Buffer.alloc(0)),
        write.unicode(TAG.SUBJECT, 'after them all'),
      ),
    ),
  );
  expect(message.subject).toBe('after them all');
  expect(message.issues).toEqual([]);
});

const html = Buffer.from('<meta charset=iso-8859-2><p>\xb1', 'latin1');
test.each([
  ['the code page it says', [write.integer(TAG.INTERNET_CODEPAGE, 1250)], Buffer.from([0x3c, 0xb9]), '<ą', []],
  ['its own meta', [], html, '<meta charset=iso-8859-2><p>ą', []],
  ['UTF-8 by the look of it', [], Buffer.from('<p>ą'), '<p>ą', ['CHARSET_GUESSED']],
  ['the stream’s code page', [], Buffer.from([0x3c, 0xe9]), '<é', ['CHARSET_GUESSED']],
  [
    'a code page nobody knows',
    [write.integer(TAG.INTERNET_CODEPAGE, 4711)],
    Buffer.from('<p>ą'),
    '<p>ą',
    ['CHARSET_UNKNOWN', 'CHARSET_GUESSED'],
  ],
] as const)('stored HTML is read by %s', (_, properties, octets, expected, issues) => {
  const message = readTnef(
    write.stream(write.codepage(1252), write.messageProperties(...properties, write.binary(TAG.HTML, octets))),
  );
  expect(message.body.html).toBe(expected);
  expect(codes(message)).toEqual(issues);
});

test('HTML stored as text, and the text body of old mailers', () => {
  const message = readTnef(
    write.stream(
      write.attribute(1, ATTRIBUTE.BODY, Buffer.from('old text\0\0')),
      write.messageProperties(write.unicode(TAG.HTML, '<p>ą')),
    ),
  );
  expect(message.body).toEqual({ text: 'old text', html: '<p>ą', rtf: null });
});

test.each([
  [
    'data before its name',
    [
      write.rendering(),
      write.data(Buffer.from('one')),
      write.title('ONE'),
      write.rendering(),
      write.data(Buffer.from('two')),
      write.title('TWO'),
    ],
  ],
  [
    'no rendering data',
    [write.title('ONE'), write.data(Buffer.from('one')), write.title('TWO'), write.data(Buffer.from('two'))],
  ],
  [
    'content among the properties',
    [
      write.rendering(),
      write.attachmentProperties(
        write.unicode(TAG.ATTACH_FILENAME, 'ONE'),
        write.binary(TAG.ATTACH_DATA, Buffer.from('one')),
      ),
      write.rendering(),
      write.data(Buffer.alloc(0)),
      write.attachmentProperties(
        write.unicode(TAG.ATTACH_FILENAME, 'TWO'),
        write.object(TAG.ATTACH_DATA, write.STORAGE_INTERFACE, Buffer.from('two')),
      ),
    ],
  ],
])('attachments with %s', (_, attributes) => {
  const { attachments, issues } = readTnef(write.stream(...attributes));
  expect(attachments.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()])).toEqual([
    ['ONE', 'one'],
    ['TWO', 'two'],
  ]);
  expect(issues).toEqual([]);
});

test('an attachment’s long name, type and content id', () => {
  const [attachment] = readTnef(
    write.stream(
      write.rendering(),
      write.title('LONG~1.TXT'),
      write.attachmentProperties(
        write.unicode(TAG.ATTACH_LONG_FILENAME, 'Длинное имя.txt'),
        write.unicode(TAG.ATTACH_MIME_TAG, 'Text/Plain'),
        write.unicode(TAG.ATTACH_CONTENT_ID, '<id@example.com>'),
      ),
    ),
  ).attachments;
  expect(attachment).toMatchObject({
    name: 'LONG~1.TXT',
    longName: 'Длинное имя.txt',
    mimeType: 'text/plain',
    contentId: 'id@example.com',
    embedded: null,
  });
});

const GLOBAL_ID = '040000008200E00074C5B7101A82E008';
const blob = (date: string, data: Buffer) =>
  Buffer.concat([Buffer.from(GLOBAL_ID + date, 'hex'), Buffer.alloc(16), write.uint32(data.length), data]);
const exchangeId = blob('07e80b0f', Buffer.from('0123456789abcdef', 'hex'));

test('a meeting request', () => {
  const message = readTnef(
    write.stream(
      write.attribute(1, ATTRIBUTE.MESSAGE_CLASS, Buffer.from('IPM.Microsoft Schedule.MtgReq\0')),
      write.messageProperties(
        write.unicode(TAG.SENDER_NAME, 'Olga'),
        write.unicode(TAG.SENDER_SMTP_ADDRESS, 'olga@example.com'),
        write.time(NAMED.APPOINTMENT_START_WHOLE, '2024-11-15T09:00:00Z'),
        write.time(NAMED.APPOINTMENT_END_WHOLE, '2024-11-15T10:30:00Z'),
        write.unicode(NAMED.LOCATION, 'Sál 3'),
        write.binary(NAMED.GLOBAL_OBJECT_ID, exchangeId),
        write.integer(NAMED.APPOINTMENT_SEQUENCE, 2),
        write.boolean(NAMED.APPOINTMENT_SUB_TYPE, true),
        write.boolean(NAMED.RECURRING, true),
        write.unicode(NAMED.RECURRENCE_PATTERN, 'every day'),
        write.unicode(NAMED.TIME_ZONE_DESCRIPTION, '(UTC+01:00) Prague'),
      ),
    ),
  );
  expect(message.meeting).toEqual({
    type: 'request',
    start: '2024-11-15T09:00:00Z',
    end: '2024-11-15T10:30:00Z',
    allDay: true,
    location: 'Sál 3',
    uid: `${GLOBAL_ID}00000000${'0'.repeat(32)}080000000123456789ABCDEF`,
    instanceDate: '2024-11-15',
    sequence: 2,
    recurring: true,
    recurrenceDescription: 'every day',
    timeZoneDescription: '(UTC+01:00) Prague',
    organizer: { name: 'Olga', email: 'olga@example.com' },
  });
});

test.each([
  [
    'a foreign UID',
    blob('00000000', Buffer.from('vCal-Uid\x01\0\0\0{81412D3C}@example.org\0', 'latin1')),
    '{81412D3C}@example.org',
    null,
  ],
  ['a foreign UID without its NUL', blob('00000000', Buffer.from('vCal-Uid\x01\0\0\0abc', 'latin1')), 'abc', null],
  [
    'an empty foreign UID',
    blob('00000000', Buffer.from('vCal-Uid\x01\0\0\0\0', 'latin1')),
    expect.stringMatching(/^04.*00$/),
    null,
  ],
  ['a damaged date', blob('07e80d20', Buffer.from('ff', 'hex')), expect.stringMatching(/^04.*FF$/), null],
  ['too few octets', Buffer.from('0400', 'hex'), '0400', null],
  ['nothing', Buffer.alloc(0), null, null],
])('the UID of a global object id with %s', (_, id, uid, instanceDate) => {
  const { meeting } = readTnef(
    write.stream(
      write.messageProperties(
        write.unicode(TAG.MESSAGE_CLASS, 'IPM.Appointment'),
        write.binary(NAMED.GLOBAL_OBJECT_ID, id),
      ),
    ),
  );
  expect(meeting).toMatchObject({ uid, instanceDate });
});

test.each([
  ['IPM.Schedule.Meeting.Canceled', 'cancel'],
  ['ipm.schedule.meeting.resp.pos', 'accept'],
  ['IPM.Schedule.Meeting.Resp.Neg', 'decline'],
  ['IPM.Schedule.Meeting.Resp.Tent', 'tentative'],
  ['IPM.Schedule.Meeting.Notification.Forward', 'other'],
  ['IPM.Appointment.Custom', 'appointment'],
  ['IPM.Appointments', undefined],
  ['IPM.Note', undefined],
])('class %s is a meeting of type %s', (messageClass, type) => {
  const { meeting } = readTnef(write.stream(write.messageProperties(write.unicode(TAG.MESSAGE_CLASS, messageClass))));
  expect(meeting?.type).toBe(type);
});

test('dates of a meeting in attributes', () => {
  const { meeting } = readTnef(
    write.stream(
      write.attribute(1, ATTRIBUTE.MESSAGE_CLASS, Buffer.from('IPM.Microsoft Schedule.MtgCncl\0')),
      write.attribute(1, ATTRIBUTE.DATE_START, write.dateTimeRecord(2003, 5, 23, 14, 0, 0, 5)),
      write.attribute(1, ATTRIBUTE.DATE_END, write.dateTimeRecord(2003, 5, 23, 15, 0, 0, 5)),
    ),
  );
  expect(meeting).toMatchObject({
    type: 'cancel',
    start: '2003-05-23T14:00:00Z',
    end: '2003-05-23T15:00:00Z',
    uid: null,
  });
});

test('header fields: a remark, a long line, folds, no final line break', () => {
  const headers = (text: string) =>
    readTnef(write.stream(write.messageProperties(write.unicode(TAG.TRANSPORT_MESSAGE_HEADERS, text)))).headers;
  expect(headers('Microsoft Mail Internet Headers Version 2.0\r\nA : 1\r\n\tx\nB:2')).toEqual([
    { name: 'A', value: ' 1\r\n\tx' },
    { name: 'B', value: '2' },
  ]);
  expect(headers(`${'x'.repeat(2000)}:1\n bad fold\nC: 3\n`)).toEqual([{ name: 'C', value: ' 3' }]);
});

test('wrong checksums, garbage and a wrong signature are said, and what is there is read', () => {
  const attributes = [
    write.codepage(1252),
    write.rendering(),
    write.title('A'),
    write.attribute(2, ATTRIBUTE.ATTACH_DATA, Buffer.from('data'), 1),
    Buffer.from('garbage'),
  ];
  const octets = write.stream(...attributes);
  octets[3] = 0x32;
  const message = readTnef(octets);
  expect(codes(message)).toEqual(['EMBEDDED_DAMAGED', 'EMBEDDED_DAMAGED', 'EMBEDDED_DAMAGED']);
  expect(message.attachments.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['data']);
});

test('what is no TNEF is unreadable', () => {
  for (const octets of [Buffer.alloc(0), Buffer.from('%PDF-1.7 and so on'), Buffer.alloc(40)]) {
    expect(codes(readTnef(octets))).toEqual(['EMBEDDED_UNREADABLE']);
  }
});

test('a list of properties that breaks off', () => {
  const unknown = readTnef(
    write.stream(
      write.messageProperties(write.unicode(TAG.SUBJECT, 'before'), write.fixed(0x7777, 5, Buffer.alloc(4))),
    ),
  );
  expect([unknown.subject, codes(unknown)]).toEqual(['before', ['EMBEDDED_DAMAGED']]);
  const counted = write.list([write.unicode(TAG.SUBJECT, 'before')]);
  counted.writeUInt32LE(0xffff_ffff);
  const endless = readTnef(write.stream(write.attribute(1, ATTRIBUTE.MESSAGE_PROPERTIES, counted)));
  expect([endless.subject, codes(endless)]).toEqual(['before', ['EMBEDDED_DAMAGED']]);
  const rows = readTnef(write.stream(write.attribute(1, ATTRIBUTE.RECIPIENT_TABLE, write.uint32(0xffff_ffff))));
  expect(codes(rows)).toEqual(['EMBEDDED_DAMAGED']);
});

test('messages embedded deeper than the limit are said', () => {
  let octets = write.stream(write.messageProperties(write.unicode(TAG.SUBJECT, 'deepest')));
  for (let depth = 0; depth < TNEF_DEPTH_LIMIT + 5; depth++) {
    octets = write.stream(
      write.rendering(),
      write.attachmentProperties(write.object(TAG.ATTACH_DATA, write.MESSAGE_INTERFACE, octets)),
    );
  }
  let message: ReturnType<typeof readTnef> | null = readTnef(octets);
  let levels = 0;
  let last = message;
  for (; message !== null; message = message.attachments[0]?.embedded ?? null) {
    levels++;
    last = message;
  }
  expect(levels).toBe(TNEF_DEPTH_LIMIT);
  expect(codes(last)).toEqual(['LIMIT_REACHED']);
  expect(last.attachments[0]?.bytes.length).toBeGreaterThan(0);
});

test('attachments beyond the limit are said, and do not alter the last one', () => {
  const attributes = Array.from({ length: TNEF_ATTACHMENT_LIMIT }, () => write.rendering());
  const message = readTnef(
    write.stream(...attributes, write.title('LAST'), write.rendering(), write.data(Buffer.from('x'))),
  );
  expect(message.attachments).toHaveLength(TNEF_ATTACHMENT_LIMIT);
  expect(message.attachments.at(-1)).toMatchObject({ name: 'LAST', bytes: new Uint8Array(0) });
  expect(codes(message)).toEqual(['LIMIT_REACHED']);
});
