import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { joinPartials, parseMessage } from '../../../src/index.ts';
import type { EmbeddedMessage, ParsedMessage } from '../../../src/model/index.ts';
import {
  attribute,
  codepage,
  data,
  messageProperties,
  rendering,
  stream,
  string8,
  title,
} from '../embedded/tnef-writer.ts';
import { codes, leavesOf, octets, read } from './message.ts';

const SMIME = resolve(import.meta.dirname, '../../../fixtures/messages/smime');
const fixture = (name: string): Buffer => readFileSync(join(SMIME, name));
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n');
const messages = ({ children }: ParsedMessage): EmbeddedMessage[] =>
  children.flatMap((child) => (child.type === 'Email' ? [child] : []));

/** What openssl printed of a certificate. */
function certificate(name: string) {
  const [subject = '', serial = ''] = fixture(name).toString().trimEnd().split('\n');
  const named = subject.slice('subject='.length);
  return { subject: named, issuer: named, serialNumber: serial.slice('serial='.length).toLowerCase() };
}
const ADA = certificate('ada.txt');
const BOB = certificate('bob.txt');

describe('S/MIME', () => {
  const signed = (type: string, signature: Uint8Array, name = 'smime.p7s') =>
    read(
      ['Subject: signed', 'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary=s'],
      `--s\nContent-Type: text/plain\n\nHello\n--s\nContent-Type: ${type}; name=${name}\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=${name}\n\n${base64(signature)}\n--s--\n`,
    );

  test.each(['application/pkcs7-signature', 'application/x-pkcs7-signature', 'application/octet-stream'])(
    'a detached signature as %s names who signed',
    (type) => {
      const message = signed(type, fixture('detached.p7s'));
      expect(message.email.report).toEqual({ kind: 'detached-signature', signers: [ADA], certificates: [ADA] });
      expect(message.text).toBe('Hello');
      expect(message.children).toEqual([]);
      expect(message.email.attachments.map(({ name }) => name)).toEqual(['smime.p7s']);
      expect(message.issues).toEqual([]);
    },
  );

  test('one whose octets are no signature says so', () => {
    const message = signed('application/pkcs7-signature', octets('not DER'));
    expect(message.email.report).toBeUndefined();
    expect(codes(message)).toEqual(['EMBEDDED_UNREADABLE']);
  });

  test('one that was cut off says so, and never throws', () => {
    const whole = fixture('detached.p7s');
    for (let length = 0; length < whole.length; length += 7) {
      const message = signed('application/pkcs7-signature', whole.subarray(0, length));
      expect(message.text).toBe('Hello');
      expect(message.issues.length).toBeGreaterThan(0);
    }
  });

  test('a key file that is only called .p7s is left alone', () => {
    const message = signed('application/octet-stream', octets('words'));
    expect(message.email.report).toBeUndefined();
    expect(message.issues).toEqual([]);
  });

  test('certificates alone (RFC 8551 §3.8) are named, and no message is missed', () => {
    const header = [
      'Content-Type: application/pkcs7-mime; smime-type=certs-only; name=smime.p7c',
      'Content-Transfer-Encoding: base64',
    ];
    const message = read(header, base64(fixture('certificates-only.p7c')));
    expect(message.email.report).toEqual({ kind: 'certificates', signers: [], certificates: [ADA, BOB] });
    expect(message.children).toEqual([]);
    expect(message.issues).toEqual([]);
  });

  test('opaque-signed content is a child that names signers and certificates', () => {
    const header = [
      'Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m',
      'Content-Transfer-Encoding: base64',
    ];
    const [child] = messages(read(header, base64(fixture('signed.p7m'))));
    expect(child?.email.report).toEqual({ kind: 'signed-data', signers: [ADA], certificates: [ADA] });
  });

  test('a report that is signed is a report', () => {
    const message = read(
      ['Content-Type: multipart/signed; boundary=s'],
      `--s\nContent-Type: multipart/report; boundary=r\n\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\nAction: failed\n--r--\n--s\nContent-Type: application/pkcs7-signature\nContent-Transfer-Encoding: base64\n\n${base64(fixture('detached.p7s'))}\n--s--\n`,
    );
    expect(message.email.report).toMatchObject({ kind: 'delivery-status' });
  });
});

describe('TNEF in a Cyrillic code page', () => {
  const cyrillic = (text: string): Buffer =>
    Buffer.from(
      Array.from(text, (character) => {
        const code = character.charCodeAt(0);
        return code >= 0x410 && code <= 0x44f ? code - 0x410 + 0xc0 : code;
      }),
    );
  const tnef = stream(
    codepage(1251),
    attribute(1, 0x00018004, Buffer.concat([cyrillic('Отчет'), Buffer.alloc(1)])),
    messageProperties(string8(0x1000, cyrillic('Привет, мир'))),
    rendering(),
    title(cyrillic('файл.txt').toString('latin1')),
    data(octets('one')),
    rendering(),
    title('b.bin'),
    data(octets('two')),
  );
  const parent = read(
    ['Subject: outer', 'Content-Type: multipart/mixed; boundary=t'],
    `--t\n\nplain\n--t\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n${base64(tnef)}\n--t--\n`,
  );
  const [child] = messages(parent);

  test('the child has subject, text and file names in Unicode', () => {
    expect(child?.email.subject).toBe('Отчет');
    expect(child?.text).toBe('Привет, мир');
    expect(child?.email.attachments.map(({ name }) => name)).toEqual(['файл.txt', 'b.bin']);
  });

  test('its attachments are its own, and the stream is the attachment of its parent', () => {
    expect(parent.email.attachments.map(({ name, partId }) => [name, partId])).toEqual([['winmail.dat', '2']]);
    expect(parent.text).toBe('plain');
    expect(parent.children).toHaveLength(1);
    const ids = child?.email.attachments.map(({ partId }) => partId ?? '') ?? [];
    expect(ids.map((id) => Buffer.from(child?.content(id) ?? []).toString())).toEqual(['one', 'two']);
  });
});

describe('files within text', () => {
  const uuencoded = 'begin 644 a.txt\n#86)C\n`\nend\n';
  const yenc = '=ybegin line=128 size=3 name=b.bin\n\x8b\x8c\x8d\n=yend size=3 crc32=352441c2\n';
  const message = read(
    ['Content-Type: text/plain; charset=iso-8859-1', 'Content-Transfer-Encoding: 8bit'],
    `before\n${uuencoded}between\n${yenc}after`,
  );

  test('are attachments of the message, and not in its text', () => {
    expect(message.text).toBe('before\nbetween\nafter');
    expect(message.email.attachments.map(({ partId, name, size }) => [partId, name, size])).toEqual([
      ['1.u1', 'a.txt', 3],
      ['1.y1', 'b.bin', 3],
    ]);
    expect(Buffer.from(message.content('1.u1') ?? []).toString()).toBe('abc');
    expect(Buffer.from(message.content('1.y1') ?? []).toString()).toBe('abc');
    expect(message.email.hasAttachment).toBe(true);
    expect(message.children).toEqual([]);
  });

  test('a file that the end of the message cuts off is a file as far as it goes', () => {
    const line = `M${'86)C'.repeat(15)}`;
    const cut = read(['Subject: cut'], `see\nbegin 644 a.txt\n${line}\n${line.slice(0, 21)}`);
    expect(cut.text).toBe('see\n');
    expect(Buffer.from(cut.content('1.u1') ?? []).toString()).toBe('abc'.repeat(20));
    expect(codes(cut)).toEqual(['PART_TRUNCATED']);
  });
});

test('message/partial 3, 1, 2 of 3: joined by number, and 2 of 3 alone says what is missing', () => {
  const whole = 'Subject: whole\r\nContent-Type: text/plain\r\n\r\none\r\ntwo\r\nthree\r\n';
  const pieces = [whole.slice(0, 40), whole.slice(40, 55), whole.slice(55)];
  const parts = pieces.map((piece, index) =>
    octets(
      `From: a@b.example\r\nSubject: part\r\nMessage-ID: <${index}@x>\r\nContent-Type: message/partial; id="p@x"; number=${index + 1}; total=3\r\n\r\n${piece}`,
    ),
  );
  const [one = octets(''), two = octets(''), three = octets('')] = parts;
  const [joined] = joinPartials([three, one, two]);
  const message = parseMessage(joined?.octets ?? octets(''));
  expect(message.email).toMatchObject({ subject: 'whole', from: [{ name: null, email: 'a@b.example' }] });
  expect(message.text).toBe('one\ntwo\nthree\n');
  expect(joinPartials([two])).toEqual([{ octets: null, id: 'p@x', total: 3, missing: [1, 3] }]);
});

test('the content of every part is what its digest is of, in messages within messages too', () => {
  const inner =
    'Subject: inner\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\ntext\n--i\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--i--\n';
  const message = read(
    ['Content-Type: multipart/mixed; boundary=o'],
    `--o\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n=C3=A9\n--o\nContent-Type: message/rfc822\n\n${inner}\n--o--\n`,
  );
  const check = (parsed: ParsedMessage): number => {
    const leaves = leavesOf(parsed.email.bodyStructure);
    for (const { partId, blobId, size } of leaves) {
      const content = parsed.content(partId ?? '');
      expect(content).toHaveLength(size);
      expect(
        `sha256-${createHash('sha256')
          .update(content ?? '')
          .digest('hex')}`,
      ).toBe(blobId);
    }
    return messages(parsed).reduce((sum, child) => sum + check(child), leaves.length);
  };
  expect(check(message)).toBe(4);
  expect(message.content('3')).toBeNull();
  expect(message.content('')).toBeNull();
});
