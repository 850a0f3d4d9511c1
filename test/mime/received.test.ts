import { expect, test } from 'vitest';
import { readReceived } from '../../src/mime/index.ts';
import { present, readCorpusJson } from './corpora.ts';

/** Where we say something else than the stalwart project's expectations: row, field, what we say, why. */
const DIVERGENCES: readonly (readonly [number, string, string | null, string])[] = [
  [6, 'ident', null, 'a user at an address is not an ident answer'],
  [13, 'date', '2003-02-07T10:18:12-08:00', 'the expectation misreads asctime and two-digit years'],
  [28, 'id', 'EE/20-30863-33CE1054', 'the expectation cuts the id at a slash'],
  [29, 'id', '8B/57-16227-3764EB44', 'the expectation cuts the id at a slash'],
  [30, 'id', '52/92-02454-89FBA054', 'the expectation cuts the id at a slash'],
  [39, 'ident', 'W9VcNxE2vKxgWHD05PJbLzIHSxcmZQ/O', 'the expectation cuts or extends the ident answer'],
  [50, 'fromName', 'one.develooper.com', 'the name behind IDENT is the resolved one'],
  [64, 'fromAddress', '213.228.0.169', 'the address within user@address is the sender’s'],
  [64, 'ident', null, 'a user at an address is not an ident answer'],
  [65, 'ident', 'jdavid', 'the expectation cuts or extends the ident answer'],
  [67, 'date', '2003-02-12T14:22:21-08:00', 'the expectation does not know the zone'],
  [68, 'ident', null, 'a user at an address is not an ident answer'],
  [86, 'fromAddress', '207.213.27.129', 'the address within user@address is the sender’s'],
  [86, 'ident', null, 'a user at an address is not an ident answer'],
  [87, 'fromAddress', '80.167.158.170', 'the address within user@address is the sender’s'],
  [87, 'ident', null, 'a user at an address is not an ident answer'],
  [89, 'date', '2003-03-26T20:43:24-06:00', 'the expectation misreads asctime and two-digit years'],
  [90, 'date', '2004-02-27T14:16:56-08:00', 'the expectation misreads asctime and two-digit years'],
  [97, 'fromAddress', '200.69.254.217', 'the address within user@address is the sender’s'],
  [97, 'ident', null, 'a user at an address is not an ident answer'],
  [98, 'fromAddress', '192.168.1.104', 'the address within user@address is the sender’s'],
  [98, 'with', 'ESMTP', 'ESMTP-TLS is not a registered protocol; the part before the dash is kept'],
  [113, 'with', 'ESMTP', 'ESMTP-TLS is not a registered protocol; the part before the dash is kept'],
  [116, 'fromAddress', '64.253.199.166', 'the address within user@address is the sender’s'],
  [116, 'ident', null, 'a user at an address is not an ident answer'],
  [117, 'date', '2005-11-13T14:50:12+00:00', 'the expectation misreads asctime and two-digit years'],
  [118, 'date', '2005-11-13T15:38:52+00:00', 'the expectation misreads asctime and two-digit years'],
  [119, 'fromAddress', '93.124.107.183', 'the address within user@address is the sender’s'],
  [119, 'ident', null, 'a user at an address is not an ident answer'],
  [120, 'ident', null, 'a user at an address is not an ident answer'],
  [123, 'by', 'alpha', 'the first of two by clauses counts'],
  [125, 'from', 'Unknown/Local', 'the host as it stands'],
  [126, 'ident', null, 'a user at an address is not an ident answer'],
  [128, 'for', null, 'the clause stands behind the date'],
  [128, 'date', '2003-03-20T10:06:43+01:00', 'the expectation misreads asctime and two-digit years'],
  [129, 'ident', null, 'a user at an address is not an ident answer'],
  [138, 'date', null, 'the date is not behind the semicolon alone'],
  [144, 'date', '2020-04-02T07:53:55+00:00', 'the expectation drops the seconds before a fraction'],
  [148, 'fromAddress', '2401:db00:1110:50e8:face:0000:002f:0000', 'written as it stands, not compressed'],
  [151, 'from', '4124973-137966-3089@be2.maropost.com', 'the host as it stands'],
  [151, 'ident', null, 'a user at an address is not an ident answer'],
  [151, 'date', '2018-09-14T14:36:56-04:00', 'the expectation misreads asctime and two-digit years'],
  [153, 'for', 'address', 'an address without @ is kept'],
  [161, 'from', null, 'a clause within a comment is not read'],
  [161, 'fromAddress', null, 'the whole clause is a comment'],
  [162, 'from', null, 'a clause within a comment is not read'],
  [163, 'from', null, 'a clause within a comment is not read'],
  [163, 'date', '2006-06-02T08:15:21-07:00', 'the expectation does not know the zone'],
  [165, 'from', null, 'a clause within a comment is not read'],
  [171, 'from', null, 'a clause within a comment is not read'],
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
