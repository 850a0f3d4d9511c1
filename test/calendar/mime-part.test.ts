import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { parseMessage } from '../../src/index.ts';

const LINES = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'BEGIN:VEVENT', 'UID:1', 'SUMMARY:Übergabe €', 'END:VEVENT'];

/** The one calendar item of a message whose body is these octets under this Content-Type. */
function itemOf(type: string, body: Uint8Array) {
  const head = `MIME-Version: 1.0\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`;
  const { children, issues } = parseMessage(Buffer.concat([Buffer.from(head), body]));
  const [child] = children;
  if (child?.type !== 'CalendarItem') throw new Error('the message holds no calendar item');
  return { item: child, codes: [...issues, ...child.issues].map(({ code }) => code) };
}

const text = (...more: readonly string[]) => [...LINES, ...more, 'END:VCALENDAR', ''].join('\r\n');
/** windows-1252 of the text above. */
const octets = (source: string) => Buffer.from(source.replace('€', '\u0080'), 'latin1');

describe('what a part says of its calendar', () => {
  test.each([
    ['iso-8859-1', octets(text()), []],
    ['windows-1252', octets(text()), []],
    ['"iso-8859-1"', Buffer.from(text()), []],
    ['us-ascii', Buffer.from(text()), []],
    ['us-ascii', octets(text()), ['CHARSET_GUESSED']],
    ['UTF-8', octets(text()), ['CHARSET_GUESSED']],
    ['base64', Buffer.from(text()), ['CHARSET_UNKNOWN']],
    ['x-nobody-knows', Buffer.from(text()), ['CHARSET_UNKNOWN']],
    ['utf-16le', Buffer.from(text(), 'utf16le'), []],
  ])('charset=%s, whatever was written', (charset, body, expected) => {
    const { item, codes } = itemOf(`text/calendar; charset=${charset}`, body);
    expect(item.event['title']).toBe('Übergabe €');
    expect(codes).toEqual(expected);
  });

  test('a charset of seven bits is decoded before it is read', () => {
    const body = Buffer.from(text().replace('Übergabe €', '\x1b$B2q5D\x1b(B'), 'latin1');
    expect(itemOf('text/calendar; charset=iso-2022-jp', body).item.event['title']).toBe('会議');
  });

  test.each([
    ['text/calendar; method=request', text(), 'REQUEST'],
    ['text/calendar; method=REQUEST', text('METHOD:CANCEL'), 'CANCEL'],
    ['text/calendar; method=""', text(), null],
    ['text/calendar', text(), null],
  ])('%s', (type, body, method) => {
    expect(itemOf(type, Buffer.from(body)).item.method).toBe(method);
  });
});
