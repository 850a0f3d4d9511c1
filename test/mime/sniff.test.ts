import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contradictingType, looksLikeMessage, sniffType } from '../../src/mime/index.ts';
import { corpusMessages, present } from './corpora.ts';

describe('a message', () => {
  test.each([
    ['LF', 'From: a@b\nSubject: x\n\nbody'],
    ['CR LF', 'Received: by x\r\n\tfor y\r\nFrom: a@b\r\n\r\nbody'],
    ['CR', 'From: a@b\rSubject: x\r\rbody'],
    ['a byte order mark', '\ufeffFrom: a@b\nTo: c@d\n\n'],
    ['an mbox line', 'From jane Mon Jul  7 10:00:00 2025\nFrom: a@b\nTo: c@d\n\n'],
    ['blank lines', '\n\r\nFrom: a@b\nTo: c@d\n\n'],
    ['a damaged first line', '\xff\xfegarbage\nReceived: by x\nFrom: a@b\nTo: c@d\nDate: x\n\n'],
    ['own fields first', 'X-Own: 1\nMy-Field: 2\nMessage-ID: <a@b>\n\n'],
    ['one field', 'Subject: x\n\nbody'],
    ['a MIME entity', 'Content-Type: multipart/mixed; boundary=b\n\n--b'],
    ['no empty line', 'From: a@b\nTo: c@d\nbody without a header end'],
  ])('is told: %s', (_, text) => {
    expect(looksLikeMessage(Buffer.from(text, 'utf8'))).toBe(true);
  });

  test.each([
    ['nothing', ''],
    ['JSON', '{"from": "a@b",\n"to": "c@d"}'],
    ['a calendar', 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\n'],
    ['a vCard', 'BEGIN:VCARD\r\nVERSION:3.0\r\nN:Doe;Jane\r\n'],
    ['prose', 'Dear Jane,\nas I said: nothing.\n'],
    ['prose with a colon', 'Note: this is no header\nbecause nobody sends notes\n'],
    ['a log', '2025-07-07 10:00:00 INFO start\n2025-07-07 10:00:01 INFO end\n'],
    ['HTTP', 'HTTP/1.1 200 OK\nServer: x\n\n'],
    ['YAML', 'name: x\nversion: 1\nauthor: y\n'],
    ['a URL', 'http://example.com/\n'],
    ['a PDF', '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n'],
    ['a zip', 'PK\x03\x04\x14\0\0\0'],
    ['NULs', '\0'.repeat(100)],
    ['only blank lines', '\n'.repeat(100)],
    ['HTML', '<!DOCTYPE html>\n<html>\n'],
  ])('is not told: %s', (_, text) => {
    expect(looksLikeMessage(Buffer.from(text, 'latin1'))).toBe(false);
  });

  test.skipIf(!present)('is told of nearly every message of the corpora from its first 4 KiB', () => {
    const messages = corpusMessages();
    const missed = messages.filter(({ path }) => !looksLikeMessage(readFileSync(path).subarray(0, 4_096)));
    // Parts cut out of messages, and messages without any header.
    expect(missed.length / messages.length).toBeLessThan(0.03);
    expect(missed.filter(({ name }) => name.startsWith('sisimai/'))).toEqual([]);
  });
});

describe('a type', () => {
  test.each([
    ['%PDF-1.7', 'application/pdf'],
    ['\x89PNG\r\n\x1a\n', 'image/png'],
    ['PK\x03\x04\x14\0\0\0\0\0', 'application/zip'],
    ['PK\x03\x04\x14\0\0\0\0\0mimetypeapplication/epub+zipPK', 'application/epub+zip'],
    ['RIFF1234WEBP', 'image/webp'],
    ['1234567 WEBP', null],
    ['MZ\x90\0', 'application/vnd.microsoft.portable-executable'],
    ['MZ is an abbreviation', null],
    ['BZh91AY&SY', 'application/x-bzip2'],
    ['BZh is none', null],
    ['plain', null],
  ])('%j is %s', (text, expected) => {
    expect(sniffType(Buffer.from(text, 'latin1'))).toBe(expected);
  });

  test.each([
    ['%PDF-1.7', 'application/octet-stream', 'application/pdf'],
    ['%PDF-1.7', 'application/pdf', null],
    ['%PDF-1.7', 'application/x-pdf', null],
    ['\xff\xd8\xff\xe0', 'image/jpg', null],
    ['PK\x03\x04', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', null],
    ['PK\x03\x04', 'image/png', 'application/zip'],
    ['plain', 'image/png', null],
  ])('%j against %s is %s', (text, declared, expected) => {
    expect(contradictingType(Buffer.from(text, 'latin1'), declared)).toBe(expected);
  });
});
