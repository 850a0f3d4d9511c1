import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { folderMailbox, generateMailbox, type MailboxEntry, SeededRandom } from '../../src/sandbox/index.ts';
import { continueIndex, startIndex } from '../../src/sandbox/mailbox/thread.ts';
import {
  base64Lines,
  encodeCharset,
  encodeParameter,
  encodeWords,
  quotedPrintable,
} from '../../src/sandbox/mailbox/transfer.ts';

const SMALL = { seed: 11, messages: 400, averageBytes: 12_000, attachments: 0.3, calendar: 0.1 };
const entries: readonly MailboxEntry[] = [...generateMailbox(SMALL)];
const messages = entries.filter((entry) => entry.path.endsWith('.eml'));

function fingerprint(list: Iterable<MailboxEntry>): string {
  const hash = createHash('sha256');
  for (const entry of list) hash.update(entry.path).update('\0').update(entry.bytes).update('\0');
  return hash.digest('hex');
}

describe('a generated mailbox', () => {
  test('is what its seed makes of it, on every platform', () => {
    expect(fingerprint(generateMailbox({ seed: 1, messages: 50, averageBytes: 5000 }))).toBe(
      '2a1227b884b05317742f58b98d2993b45c283eb99ebade841ac105ebb13188e8',
    );
    expect(fingerprint(generateMailbox(SMALL))).toBe(fingerprint(entries));
    expect(fingerprint(generateMailbox({ ...SMALL, seed: 12 }))).not.toBe(fingerprint(entries));
  });

  test('has the messages, calendar items and folders asked for', () => {
    expect(entries.length).toBe(440);
    expect(new Set(entries.map((entry) => entry.path)).size).toBe(440);
    expect(entries.filter((entry) => entry.path.startsWith('Calendar/')).length).toBe(40);
    const folders = new Set(entries.map((entry) => entry.path.slice(0, entry.path.lastIndexOf('/'))));
    expect(folders).toContain('会議/議事録');
    expect(folders.size).toBe(11);
  });

  test.each([3000, 12_000, 90_000])('has the average of %i octets, within a sixth', (averageBytes) => {
    let total = 0;
    for (const entry of generateMailbox({ ...SMALL, averageBytes, calendar: 0 })) total += entry.bytes.length;
    expect(Math.abs(total / SMALL.messages - averageBytes) / averageBytes).toBeLessThan(1 / 6);
  });

  test('keeps RFC 5322: CRLF only, lines of 998 octets at most, ASCII in header fields', () => {
    for (const { path, bytes } of messages) {
      const text = Buffer.from(bytes).toString('latin1');
      expect(text.replaceAll('\r\n', '').match(/[\r\n]/), path).toBeNull();
      expect(Math.max(...text.split('\r\n').map((line) => line.length)), path).toBeLessThanOrEqual(998);
      expect(text.slice(0, text.indexOf('\r\n\r\n')), path).toMatch(/^[\t\n\r -~]*$/);
    }
  });

  test('uses many charsets, transfer encodings and structures', () => {
    const all = messages.map((entry) => Buffer.from(entry.bytes).toString('latin1')).join('\n');
    for (const sign of [
      'iso-2022-jp',
      'koi8-r',
      'windows-1251',
      'shift_jis',
      'windows-1255',
      'iso-8859-2',
      'gb18030',
      'quoted-printable',
      'base64',
      '8bit',
      'multipart/alternative',
      'multipart/mixed',
      'multipart/related',
      'message/rfc822',
      'text/calendar',
      "filename*=UTF-8''",
      'X-Mailer: Amazon WorkMail',
      '@storage.wm.amazon.com>',
      'Thread-Index: ',
      'In-Reply-To: ',
    ])
      expect(all, sign).toContain(sign);
  });

  test('a third of the messages has attachments, no two of them alike', async () => {
    const seen = new Set<string>();
    let withAttachments = 0;
    for (const { bytes } of messages.slice(0, 200)) {
      const parsed = await simpleParser(Buffer.from(bytes));
      expect(parsed.messageId).toMatch(/^<.+@.+>$/);
      expect(parsed.date?.getUTCFullYear()).toBeGreaterThanOrEqual(2023);
      expect(parsed.subject).not.toContain('=?');
      expect(parsed.text ?? '').not.toContain('\ufffd');
      if (parsed.attachments.length > 0) withAttachments += 1;
      for (const attachment of parsed.attachments) {
        expect(seen.has(attachment.checksum)).toBe(false);
        seen.add(attachment.checksum);
      }
    }
    expect(withAttachments).toBeGreaterThan(40);
    expect(withAttachments).toBeLessThan(80);
  });

  test('answers refer to messages that are there', () => {
    const ids = new Set<string>();
    const referred: string[] = [];
    for (const { bytes } of messages) {
      const text = Buffer.from(bytes).toString('latin1');
      const header = text.slice(0, text.indexOf('\r\n\r\n'));
      ids.add(/^Message-ID: (<.+>)$/m.exec(header.replaceAll('\r', ''))?.[1] ?? '');
      const answered = /^In-Reply-To: (<.+>)$/m.exec(header.replaceAll('\r', ''))?.[1];
      if (answered !== undefined) referred.push(answered);
    }
    expect(referred.length).toBeGreaterThan(100);
    expect(referred.filter((id) => !ids.has(id))).toEqual([]);
  });

  test('calendars keep RFC 5545: lines of 75 octets, blocks that close', () => {
    for (const { path, bytes } of entries.filter((entry) => entry.path.endsWith('.ics'))) {
      const lines = Buffer.from(bytes).toString('utf8').split('\r\n');
      expect(lines[0], path).toBe('BEGIN:VCALENDAR');
      expect(Math.max(...lines.map((line) => Buffer.byteLength(line))), path).toBeLessThanOrEqual(75);
      const blocks: string[] = [];
      for (const line of lines) {
        if (line.startsWith('BEGIN:')) blocks.push(line.slice(6));
        if (line.startsWith('END:')) expect(blocks.pop(), path).toBe(line.slice(4));
      }
      expect(blocks, path).toEqual([]);
    }
  });
});

test('no messages at all, and none with attachments', () => {
  expect([...generateMailbox({ seed: 1, messages: 0 })]).toEqual([]);
  const plain = [...generateMailbox({ seed: 1, messages: 20, attachments: 0, averageBytes: 100 })];
  expect(plain.every((entry) => !Buffer.from(entry.bytes).includes('attachment;'))).toBe(true);
});

test('a folder of messages, in the order of its paths', async () => {
  const found = [];
  for await (const entry of folderMailbox(join(import.meta.dirname, '../../fixtures/messages/workmail')))
    found.push(entry.path);
  expect(found).toEqual([...found].sort());
  expect(found).toContain('Inbox/plain.eml');
});

describe('transfer forms', () => {
  test.each([
    ['iso-2022-jp', 'ab日本c\r\n', '6162 1b2442 467c 4b5c 1b2842 63 0d0a'],
    ['iso-2022-jp', '日', '1b2442 467c 1b2842'],
    ['koi8-r', 'Да', 'e4c1'],
    ['us-ascii', 'x', '78'],
  ])('%s of %j', (charset, text, hex) => {
    expect(encodeCharset(text, charset).toString('hex')).toBe(hex.replaceAll(' ', ''));
  });
  test('quoted-printable', () => {
    expect(quotedPrintable(Buffer.from('a=b \r\nü\t\r\nx'))).toBe('a=3Db=20\r\n=C3=BC=09\r\nx');
    const long = quotedPrintable(Buffer.from('y'.repeat(200)));
    expect(long.split('\r\n').every((line) => line.length <= 76)).toBe(true);
    expect(long.replaceAll('=\r\n', '')).toBe('y'.repeat(200));
  });
  test('base64, encoded words, parameters', () => {
    expect(
      base64Lines(Buffer.alloc(58))
        .split('\r\n')
        .map((line) => line.length),
    ).toEqual([76, 4]);
    expect(encodeWords('plain', 'utf-8')).toBe('plain');
    expect(encodeWords('Été', 'iso-8859-1')).toBe('=?iso-8859-1?B?yXTp?=');
    expect(
      encodeWords('日本語'.repeat(10), 'utf-8')
        .split('\r\n ')
        .every((word) => word.length <= 75),
    ).toBe(true);
    expect(encodeParameter('name', 'a"b.pdf')).toBe('name="a\\"b.pdf"');
    expect(encodeParameter('name', "é'.pdf")).toBe("name*=UTF-8''%C3%A9%27.pdf");
  });
  test('Thread-Index grows by five octets', () => {
    const index = startIndex(1_700_000_000, Buffer.alloc(16, 7));
    expect(index.length).toBe(22);
    // FILETIME of 2023-11-14T22:13:20Z is 0x01DA1747C66D0000: its six top octets.
    expect(index.subarray(0, 6).toString('hex')).toBe('01da1747c66d');
    expect(continueIndex(index, 60, new SeededRandom(1)).length).toBe(27);
  });
});
