import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseMessage, partContents } from '../../src/mime/index.ts';
import { corpusMessages, present } from './corpora.ts';

const NESTED = Buffer.from(
  [
    'Content-Type: multipart/mixed; boundary=a',
    '',
    '--a',
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b',
    '',
    'one',
    '--b',
    'Content-Transfer-Encoding: base64',
    '',
    'dHdv',
    '--b--',
    '--a',
    'Content-Type: message/rfc822',
    '',
    'Subject: three',
    '',
    'three',
    '--a--',
    '',
  ].join('\r\n'),
);

test('parts are decoded without the message being read', () => {
  const contents = partContents(NESTED);
  const text = (partId: string) => contents(partId)?.toString();
  expect(Buffer.from(contents('1.1') ?? []).toString()).toBe('one');
  expect(Buffer.from(contents('1.2') ?? []).toString()).toBe('two');
  expect(Buffer.from(contents('2') ?? []).toString()).toBe('Subject: three\r\n\r\nthree');
  expect(text('3')).toBeUndefined();
  expect(text('')).toBeUndefined();
});

test.skipIf(!present)('each part of the corpora is what reading the message says it is', () => {
  let parts = 0;
  for (const { name, path } of corpusMessages()) {
    const octets = readFileSync(path);
    const message = parseMessage(octets);
    const contents = partContents(octets);
    for (const { partId } of message.email.attachments) {
      // What is uuencoded within a text is no MIME part.
      if (partId === null || partId.includes('u')) continue;
      parts++;
      expect(
        Buffer.from(contents(partId) ?? []).equals(message.content(partId) ?? Buffer.alloc(0)),
        `${name} ${partId}`,
      ).toBe(true);
    }
  }
  expect(parts).toBeGreaterThan(400);
});
