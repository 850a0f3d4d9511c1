import { describe, expect, test } from 'vitest';
import { codes, leavesOf, read } from './message.ts';

const text = (message: { content(partId: string): Uint8Array | null }, partId: string): string =>
  Buffer.from(message.content(partId) ?? []).toString('latin1');

describe('transfer encodings', () => {
  const encoded = (encoding: string, body: string) =>
    read(['Content-Type: application/octet-stream', `Content-Transfer-Encoding: ${encoding}`], body);

  /** Encoding, body, octets, issue: by RFC 2045 §6. */
  test.each([
    ['quoted-printable', 'a=', 'a', null],
    ['quoted-printable', 'a=\n', 'a', null],
    ['quoted-printable', 'a= \t\nb', 'ab', null],
    ['quoted-printable', 'a=3', 'a=3', 'QUOTED_PRINTABLE_MALFORMED'],
    ['quoted-printable', 'a=zz', 'a=zz', 'QUOTED_PRINTABLE_MALFORMED'],
    ['quoted-printable', '=c3=a9', '\xc3\xa9', null],
    ['quoted-printable', 'a  \nb', 'a\r\nb', null],
    ['QUOTED-PRINTABLE', '=41', 'A', null],
    ['base64', 'SGk=SGk=', 'HiHi', 'BASE64_MALFORMED'],
    ['base64', 'SG*k=', 'Hi', 'BASE64_MALFORMED'],
    ['base64', 'SGk', 'Hi', 'BASE64_MALFORMED'],
    ['base64', 'S\nG\nk\n=\n', 'Hi', null],
    ['base64', '', '', null],
    ['Base64 (by hand)', 'SGk=', 'Hi', null],
    ['"base64"', 'SGk=', 'Hi', null],
    ['base64;', 'SGk=', 'Hi', null],
    ['7bit', 'a=41', 'a=41', null],
    ['binary', '\x00\xff', '\x00\xff', null],
    ['x-unheard-of', 'a=41', 'a=41', 'TRANSFER_ENCODING_UNKNOWN'],
  ])('%s of %j', (encoding, body, octets, issue) => {
    const message = encoded(encoding, body);
    expect(text(message, '1')).toBe(octets);
    expect(message.email.bodyStructure.size).toBe(octets.length);
    expect(codes(message)).toEqual(issue === null ? [] : [issue]);
  });

  test('characters that are not of the alphabet are passed over, those of base64url too (RFC 2045 §6.8)', () => {
    const message = encoded('base64', 'SG-_k=');
    expect(text(message, '1')).toBe('Hi');
    expect(codes(message)).toEqual(['BASE64_MALFORMED']);
  });
});

describe('parameters', () => {
  const attached = (disposition: string, type = 'application/octet-stream') =>
    read([`Content-Type: ${type}`, `Content-Disposition: ${disposition}`], 'x').email.bodyStructure;

  /** Content-Disposition and the name it gives: RFC 2183, RFC 2231, and what senders write instead. */
  test.each([
    ['attachment; filename="a b.txt"', 'a b.txt'],
    ['attachment; filename=a b.txt', 'a b.txt'],
    ['attachment; filename=a.txt', 'a.txt'],
    ['attachment; FILENAME="a.txt"', 'a.txt'],
    ['attachment; filename = "a.txt"', 'a.txt'],
    ["attachment; filename*=utf-8''%C3%A9.txt", 'é.txt'],
    ["attachment; filename*=utf-8'fr'%C3%A9.txt", 'é.txt'],
    ["attachment; filename*=iso-8859-1''%E9.txt", 'é.txt'],
    ['attachment; filename="e.txt"; filename*=utf-8\'\'%C3%A9.txt', 'é.txt'],
    ['attachment; filename*=utf-8\'\'%C3%A9.txt; filename="e.txt"', 'é.txt'],
    ["attachment; filename*0*=utf-8''%C3; filename*1*=%A9; filename*2=.txt", 'é.txt'],
    ["attachment; filename*2=.txt; filename*1*=%A9; filename*0*=utf-8''%C3", 'é.txt'],
    ["attachment; filename*0*=utf-8''a; filename*2=c", 'ac'],
    ['attachment; filename*0=a; filename*1=b.txt', 'ab.txt'],
    ['attachment; filename="=?utf-8?q?=C3=A9.txt?="', 'é.txt'],
    ['attachment; filename==?utf-8?q?=C3=A9.txt?=', 'é.txt'],
    ['attachment; filename="\xc3\xa9.txt"', 'é.txt'],
    ['attachment; filename="C:\\dir\\a.txt"', 'C:\\dir\\a.txt'],
    ['attachment; filename="../../etc/passwd"', '../../etc/passwd'],
    ['attachment; filename="a\\"b.txt"', 'a"b.txt'],
    ['attachment; filename="a;b.txt"', 'a;b.txt'],
    ['attachment; filename="a (1).txt"', 'a (1).txt'],
    ['attachment; filename="never closed', 'never closed'],
    ['attachment filename=a.txt', 'a.txt'],
    ['; filename=a.txt', 'a.txt'],
    ['attachment;;; filename=a.txt;', 'a.txt'],
    ['attachment; filename="a.txt"; filename="b.txt"', 'a.txt'],
    ['attachment; filename*=broken', 'broken'],
    ["attachment; filename*=utf-8''%ZZ%4", '%ZZ%4'],
    ['attachment', null],
  ])('Content-Disposition: %s', (disposition, name) => {
    expect(attached(disposition).name).toBe(name);
  });

  test('a disposition without a value is none; its file name stands', () => {
    expect(attached('; filename=a.txt')).toMatchObject({ disposition: null, name: 'a.txt' });
    expect(attached('')).toMatchObject({ disposition: null, name: null });
  });

  test('the name of the Content-Type stands in where the disposition has none', () => {
    expect(attached('attachment', 'image/png; name="=?utf-8?q?=C3=A9.png?="').name).toBe('é.png');
  });

  test.each([
    ['text/plain; charset=utf-8; charset=koi8-r', 'text/plain', 'utf-8'],
    ['TEXT/Plain; CHARSET=UTF-8', 'text/plain', 'UTF-8'],
    ['text/plain (words); (more) charset=utf-8', 'text/plain', 'utf-8'],
    ['text / plain; charset=utf-8', 'text/plain', 'utf-8'],
    ['"text/plain"; charset=utf-8', 'text/plain', 'utf-8'],
    ['text/plain charset=utf-8', 'text/plain', 'utf-8'],
    ['text', 'text/plain', 'us-ascii'],
    ['', 'text/plain', 'us-ascii'],
    ['/', 'text/plain', 'us-ascii'],
  ])('Content-Type: %s', (value, type, charset) => {
    expect(read([`Content-Type: ${value}`], 'x').email.bodyStructure).toMatchObject({ type, charset });
  });
});

describe('kinds of multipart', () => {
  const multipart = (subtype: string, parts: readonly string[], parameters = '') =>
    read(
      ['MIME-Version: 1.0', `Content-Type: multipart/${subtype}; boundary=b${parameters}`],
      `${parts.map((part) => `--b\n${part}\n`).join('')}--b--\n`,
    );
  const types = (message: ReturnType<typeof read>) => leavesOf(message.email.bodyStructure).map(({ type }) => type);

  test('Apple-double (RFC 1740): the resource fork and the file are parts of their own', () => {
    const message = multipart('appledouble', [
      'Content-Type: application/applefile\nContent-Transfer-Encoding: base64\n\nAAUWBwACAAA=',
      'Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=',
    ]);
    expect(types(message)).toEqual(['application/applefile', 'image/png']);
    // RFC 8621 §4.1.4 has images without a disposition among the bodies.
    expect(message.email.attachments.map(({ partId }) => partId)).toEqual(['1']);
    expect(message.email.htmlBody.map(({ partId }) => partId)).toEqual(['2']);
    expect(text(message, '1')).toBe('\0\x05\x16\x07\0\x02\0\0');
  });

  test('AppleSingle: one file, its octets as they are', () => {
    const message = read(
      ['Content-Type: application/applefile; name=a', 'Content-Transfer-Encoding: base64'],
      'AAUWAAACAAA=',
    );
    expect(text(message, '1')).toBe('\0\x05\x16\0\0\x02\0\0');
    expect(message.email.attachments).toHaveLength(1);
  });

  test('MHTML (RFC 2557): Content-Location, Content-ID and the start parameter', () => {
    const message = multipart(
      'related',
      [
        'Content-Type: text/html; charset=utf-8\nContent-Location: http://a.example/\n index.html\nContent-ID: <root@x>\n\n<p>Hello <img src="cid:i@x"></p>',
        'Content-Type: image/gif\nContent-ID: <i@x>\nContent-Transfer-Encoding: base64\n\nR0lGODlh',
      ],
      '; type="text/html"; start="<root@x>"',
    );
    const [html, image] = leavesOf(message.email.bodyStructure);
    expect(html).toMatchObject({ location: 'http://a.example/index.html', cid: 'root@x' });
    expect(image).toMatchObject({ cid: 'i@x', disposition: null });
    expect(message.text).toContain('Hello');
    expect(message.email.attachments.map(({ partId }) => partId)).toEqual(['2']);
  });

  test('a digest (RFC 2046 §5.1.5): parts without a type are messages, each a child', () => {
    const message = multipart('digest', [
      '\nSubject: one\n\nfirst',
      '\nSubject: two\n\nsecond',
      'Content-Type: text/plain\n\nno message',
    ]);
    expect(types(message)).toEqual(['message/rfc822', 'message/rfc822', 'text/plain']);
    expect(message.children.map((child) => (child.type === 'Email' ? child.email.subject : null))).toEqual([
      'one',
      'two',
    ]);
  });

  test('a report within a digest: the report is the child’s', () => {
    const report = [
      'Subject: bounced',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=r',
      '',
      '--r',
      '',
      'It failed.',
      '--r',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example',
      '',
      'Final-Recipient: rfc822; a@b.example',
      'Action: failed',
      'Status: 5.1.1',
      '--r--',
    ].join('\n');
    const message = multipart('digest', [`\n${report}`]);
    const [child] = message.children;
    expect(message.email.report).toBeUndefined();
    expect(child?.type === 'Email' ? child.email.report : null).toEqual({
      kind: 'delivery-status',
      perMessage: { 'reporting-mta': 'dns; mx.example' },
      perRecipient: [{ 'final-recipient': 'rfc822; a@b.example', action: 'failed', status: '5.1.1' }],
    });
  });

  test('byte ranges (RFC 9110 §14.6): each range is a part', () => {
    const message = multipart('byteranges', [
      'Content-Type: application/pdf\nContent-Range: bytes 0-2/10\n\n%PD',
      'Content-Type: application/pdf\nContent-Range: bytes 3-4/10\n\nF-',
    ]);
    expect(leavesOf(message.email.bodyStructure).map(({ size }) => size)).toEqual([3, 2]);
  });

  test('message/external-body (RFC 2046 §5.2.3): described, never fetched', () => {
    const message = multipart('mixed', [
      'Content-Type: message/external-body; access-type=URL; URL="http://a.example/x"\n\nContent-Type: image/gif\nContent-ID: <x@y>\n\n',
    ]);
    expect(types(message)).toEqual(['message/external-body']);
    expect(message.email.attachments).toHaveLength(1);
    expect(message.children).toEqual([]);
  });

  test('message/partial: number, total and id', () => {
    const message = read(['Content-Type: message/partial; id="x@y"; number=2; total=3'], 'part two');
    expect(message.email.report).toEqual({ kind: 'partial', id: 'x@y', number: 2, total: 3 });
  });

  test('two alternatives of each kind, and one of neither', () => {
    const message = multipart('alternative', [
      'Content-Type: text/plain\n\nplain',
      'Content-Type: text/html\n\n<p>html</p>',
      'Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR',
    ]);
    expect(message.text).toBe('plain');
    expect(message.email.textBody.map(({ partId }) => partId)).toEqual(['1']);
    expect(message.email.htmlBody.map(({ partId }) => partId)).toEqual(['2']);
    expect(message.email.attachments.map(({ partId }) => partId)).toEqual(['3']);
  });
});
