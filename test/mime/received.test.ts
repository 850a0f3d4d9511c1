import { expect, test } from 'vitest';
import { readReceived } from '../../src/index.ts';
import { canonicalIpv6 } from '../../src/mime/header/ipv6.ts';
import { present, readCorpusJson } from './corpora.ts';

/** Why an expectation does not hold, in the words of a standard, of the field itself, or of the program that wrote it. */
const CALENDAR =
  'the expectation is no date, or not the one written: RFC 5322 §4.3 names two-digit years and PST, PDT, EDT';
const SLASH = 'the expectation cuts the word at a slash, which RFC 5321 §4.1.2 has among the characters of an Atom';
const TCP_REMOTE_INFO =
  'qmail writes (TCPREMOTEINFO@TCPREMOTEIP): the address is the sender’s, what stands before it the ident';

/** Where we say something else than the stalwart project's expectations: row, field, what we say, why. */
const DIVERGENCES: readonly (readonly [number, string, string | null, string])[] = [
  [6, 'ident', 'uXDGrn@SYT0/k', SLASH],
  [13, 'date', '2003-02-07T10:18:12-08:00', CALENDAR],
  [28, 'id', 'EE/20-30863-33CE1054', SLASH],
  [29, 'id', '8B/57-16227-3764EB44', SLASH],
  [30, 'id', '52/92-02454-89FBA054', SLASH],
  [39, 'ident', 'W9VcNxE2vKxgWHD05PJbLzIHSxcmZQ/O', SLASH],
  [50, 'fromName', 'one.develooper.com', 'sendmail writes (IDENT:user@name [address]): the name is the resolved one'],
  [64, 'fromAddress', '213.228.0.169', TCP_REMOTE_INFO],
  [64, 'ident', 'foobar', TCP_REMOTE_INFO],
  [65, 'ident', 'jdavid', 'the expectation is the envelope sender, which another comment names as such'],
  [67, 'date', '2003-02-12T14:22:21-08:00', CALENDAR],
  [86, 'fromAddress', '207.213.27.129', TCP_REMOTE_INFO],
  [86, 'ident', 'Owner50', TCP_REMOTE_INFO],
  [87, 'fromAddress', '80.167.158.170', TCP_REMOTE_INFO],
  [87, 'ident', 'benelli', TCP_REMOTE_INFO],
  [89, 'date', '2003-03-26T20:43:24-06:00', CALENDAR],
  [90, 'date', '2004-02-27T14:16:56-08:00', CALENDAR],
  [97, 'fromAddress', '200.69.254.217', TCP_REMOTE_INFO],
  [97, 'ident', 'baldusi', TCP_REMOTE_INFO],
  [116, 'fromAddress', '64.253.199.166', TCP_REMOTE_INFO],
  [116, 'ident', '?dXqpg3b0hiH9faI2OxLT94P/YKDD3rQ1?', TCP_REMOTE_INFO],
  [117, 'date', '2005-11-13T14:50:12+00:00', CALENDAR],
  [118, 'date', '2005-11-13T15:38:52+00:00', CALENDAR],
  [119, 'fromAddress', '93.124.107.183', TCP_REMOTE_INFO],
  [119, 'ident', 'lucilleskinner', TCP_REMOTE_INFO],
  [123, 'by', 'alpha', 'qmail-scanner writes `by host by uid number`: the word uid names no host'],
  [125, 'from', 'Unknown/Local', SLASH],
  [128, 'date', '2003-03-20T10:06:43+01:00', CALENDAR],
  [144, 'date', '2020-04-02T07:53:55+00:00', 'the expectation drops the seconds before a fraction'],
  [
    151,
    'from',
    '4124973-137966-3089@be2.maropost.com',
    'the word behind `from` as it stands; that it is no host is not ours to hide',
  ],
  [151, 'ident', null, 'an address in brackets is not an ident answer'],
  [151, 'date', '2018-09-14T14:36:56-04:00', CALENDAR],
  [153, 'for', 'address', 'a path of the local host, as sendmail writes `for <root>`'],
  [163, 'date', '2006-06-02T08:15:21-07:00', CALENDAR],
  [165, 'from', null, 'qmail writes `invoked from network`, which names no host'],
  [171, 'from', null, 'postfix writes `from userid 1002`, which names no host'],
];

interface Row {
  readonly header: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

const rows: readonly Row[] = present ? (readCorpusJson('header-fields/received.json') as Row[]) : [];

const host = (value: unknown): string | null => {
  if (typeof value !== 'object' || value === null) return null;
  return String(Object.values(value)[0]);
};
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** An unknown zone is +00:00 or -00:00 there, which does not tell it from GMT. */
const instant = (date: string | null): string | null => date?.replace('-00:00', '+00:00') ?? null;

function theirDate(value: unknown): string | null {
  const date = value as Record<string, number | boolean> | null | undefined;
  if (date === undefined || date === null) return null;
  const pad = (part: unknown, width = 2): string => String(part).padStart(width, '0');
  const day = `${pad(date['year'], 4)}-${pad(date['month'])}-${pad(date['day'])}`;
  const time = `${pad(date['hour'])}:${pad(date['minute'])}:${pad(date['second'])}`;
  const sign = date['tz_before_gmt'] === true ? '-' : '+';
  return instant(`${day}T${time}${sign}${pad(date['tz_hour'])}:${pad(date['tz_minute'])}`);
}

// Where the corpora are absent there is no row, and a file without a test counts as failed.
test.skipIf(!present)('the Received fields of the corpora are there', () => {
  expect(rows.length).toBeGreaterThan(0);
});

test.skipIf(!present).each(rows.map((row, index) => ({ ...row, index })))(
  'received $index',
  ({ header, expected, index }) => {
    const end = /\r?\n(?![ \t])/.exec(header);
    const read = readReceived(end === null ? header : header.slice(0, end.index));
    const ours: Record<string, string | null> = { ...read, date: instant(read.date) };
    const theirs: Record<string, string | null> = {
      from: host(expected['from']),
      fromAddress: text(expected['from_ip']),
      fromName: text(expected['from_iprev'])?.replace(/\.$/, '') ?? null,
      helo: host(expected['helo']),
      ident: text(expected['ident']),
      by: host(expected['by']),
      via: text(expected['via']),
      with: text(expected['with'])?.toUpperCase() ?? null,
      id: text(expected['id']),
      for: text(expected['for_']),
      date: theirDate(expected['date']),
    };
    for (const [row, field, value, why] of DIVERGENCES) {
      if (row !== index) continue;
      expect(theirs[field], why).not.toEqual(value);
      theirs[field] = value;
    }
    expect(ours).toEqual(theirs);
  },
);

/** One field of each mailer, with what RFC 5321 §4.4 and its own documentation say stands in it. */
const nothing = {
  from: null,
  fromAddress: null,
  fromName: null,
  helo: null,
  ident: null,
  by: null,
  via: null,
  with: null,
  id: null,
  for: null,
  date: null,
};
const FORMS: readonly (readonly [string, string, Partial<typeof nothing> | Record<string, string>])[] = [
  [
    'sendmail',
    'from mx.example (IDENT:jo@relay.example [192.0.2.9] (may be forged))\r\n\tby in.example (8.14.4/8.14.4) with ESMTP id q1A2;\r\n\tTue, 3 Jan 2012 10:00:00 GMT',
    {
      from: 'mx.example',
      fromName: 'relay.example',
      fromAddress: '192.0.2.9',
      ident: 'jo@relay.example',
      by: 'in.example',
      with: 'ESMTP',
      id: 'q1A2',
      date: '2012-01-03T10:00:00+00:00',
    },
  ],
  [
    'sendmail, local',
    '(from root@localhost) by in.example (8.14.4/8.14.4/Submit) id q1A3 for jo; Tue, 3 Jan 2012 10:00:00 GMT',
    { from: 'root@localhost', by: 'in.example', id: 'q1A3', for: 'jo', date: '2012-01-03T10:00:00+00:00' },
  ],
  [
    'postfix',
    'from [10.0.0.5] (unknown [IPv6:2001:DB8:0:0:0:0:0:1]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)) (No client certificate requested) (Authenticated sender: jo) by mail.example (Postfix) with ESMTPSA id 4F1 for <a@b.example>; Mon, 1 Jul 2024 09:00:00 +0200 (CEST)',
    {
      from: '10.0.0.5',
      fromAddress: '2001:db8::1',
      by: 'mail.example',
      with: 'ESMTPSA',
      id: '4F1',
      for: 'a@b.example',
      date: '2024-07-01T09:00:00+02:00',
    },
  ],
  [
    'exim',
    'from [192.0.2.1] (port=4711 helo=pc.example ident=jo) by mx.example with esmtpsa (TLS1.2) tls TLS_ECDHE (Exim 4.94) (envelope-from <jo@pc.example>) id 1k-0 for a@b.example; Mon, 01 Jul 2024 09:00:00 +0200',
    {
      from: '192.0.2.1',
      helo: 'pc.example',
      ident: 'jo',
      by: 'mx.example',
      with: 'ESMTPSA',
      id: '1k-0',
      for: 'a@b.example',
      date: '2024-07-01T09:00:00+02:00',
    },
  ],
  [
    'qmail',
    'from unknown (HELO pc.example) (jo@192.0.2.7) by mx.example with SMTP; 1 Jul 2024 09:00:00 -0000',
    {
      from: 'unknown',
      helo: 'pc.example',
      ident: 'jo',
      fromAddress: '192.0.2.7',
      by: 'mx.example',
      with: 'SMTP',
      date: '2024-07-01T09:00:00-00:00',
    },
  ],
  [
    'qmail, local',
    '(qmail 4711 invoked by uid 1000); 1 Jul 2024 09:00:00 -0000',
    { date: '2024-07-01T09:00:00-00:00' },
  ],
  [
    'Exchange',
    'from AM0PR01.example.com (2603:10a6:208:69::38) by\r\n AM0PR02.example.com with HTTPS; Mon, 1 Jul 2024 07:00:00 +0000',
    {
      from: 'AM0PR01.example.com',
      fromAddress: '2603:10a6:208:69::38',
      by: 'AM0PR02.example.com',
      with: 'HTTPS',
      date: '2024-07-01T07:00:00+00:00',
    },
  ],
  [
    'Exchange SMTP',
    'from MX1.example.com (192.0.2.3) by MX2.example.com (192.0.2.4) with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE) id 15.20.7719.28 via Frontend Transport; Mon, 1 Jul 2024 07:00:00 +0000',
    {
      from: 'MX1.example.com',
      fromAddress: '192.0.2.3',
      by: 'MX2.example.com',
      via: 'Frontend',
      with: 'SMTP',
      id: '15.20.7719.28',
      date: '2024-07-01T07:00:00+00:00',
    },
  ],
  [
    'Gmail',
    'by 2002:a05:6402:0:b0:57d:72e6:6f9a with SMTP id 4fb4d7f45d1cf-57d7 for <a@b.example>; Mon, 01 Jul 2024 00:00:00 -0700 (PDT)',
    {
      by: '2002:a05:6402:0:b0:57d:72e6:6f9a',
      with: 'SMTP',
      id: '4fb4d7f45d1cf-57d7',
      for: 'a@b.example',
      date: '2024-07-01T00:00:00-07:00',
    },
  ],
  [
    'Lotus Domino',
    'from pc.example ([192.0.2.8]) by domino.example (Lotus Domino Release 8.5.3FP6) with ESMTP id 2024070109000012-4711 ; Mon, 1 Jul 2024 09:00:00 +0200',
    {
      from: 'pc.example',
      fromAddress: '192.0.2.8',
      by: 'domino.example',
      with: 'ESMTP',
      id: '2024070109000012-4711',
      date: '2024-07-01T09:00:00+02:00',
    },
  ],
  [
    'CommuniGate: a literal behind HELO was not seen by the receiver',
    'from [192.0.2.1] (account jo HELO [10.0.0.1]) by mx.example (CommuniGate Pro SMTP 6.2) with ESMTP-TLS id 42; Mon, 01 Jul 2024 09:00:00 +0200',
    {
      from: '192.0.2.1',
      helo: '10.0.0.1',
      by: 'mx.example',
      with: 'ESMTPS',
      id: '42',
      date: '2024-07-01T09:00:00+02:00',
    },
  ],
];

test.each(FORMS)('%s', (_, value, expected) => {
  expect(readReceived(value)).toEqual({ ...nothing, ...expected });
});

test.each([
  ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ['0:0:0:0:0:FFFF:192.0.2.1', '::ffff:192.0.2.1'],
  ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ['1::2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ['12:34:56', '12:34:56'],
  ['1::2::3', '1::2::3'],
])('RFC 5952: %s is written %s', (address, canonical) => {
  expect(canonicalIpv6(address)).toBe(canonical);
});
