import { describe, expect, test } from 'vitest';
import {
  readAddressGroups,
  readContentType,
  readDate,
  readDisposition,
  readKeywords,
  readMessageIds,
  readUnstructured,
} from '../../src/mime/index.ts';
import { present, readCorpusJson } from './corpora.ts';

/**
 * The header-field expectations of the stalwart project (mail-parser, Apache-2.0 or MIT). Its `header` is a field body and
 * whatever follows it, so only the first field is read. Where we say something else, the reason stands here.
 */
const DIVERGENCES: Readonly<Record<string, string>> = {
  ['unstructured: [SUSPECTED SPAM]=?utf-8?B?VGhpcyBpcyB0aGUgb3JpZ2luYWwgc3ViamVjdA==?=\n']:
    'no space is made up between text and an encoded word',
  ['unstructured: [SUSPECTED SPAM]=?utf-8?B?VGhpcyBpcyB0aGUgb\n 3JpZ2luYWwgc3ViamVjdA==?=\n']:
    'no space is made up between text and an encoded word',
  ['unstructured: [SUSPECTED SPAM]=?utf-8?B?VGhpcyBpcyB0aGUgb\r\n 3JpZ2luYWwgc3ViamVjdA==?=\r\n']:
    'no space is made up between text and an encoded word',
  ['date:  4 8 15 16 23 42, 4 8 15 16 23 42, 4 8 15 16 23 42, ']: 'no date: day and month would have to be guessed',
  ["address: A Group(Some people)\n        :Chris Jones <c@(Chris's host.)public.example>,\n            joe@example.org,\n     John <jdoe@one.test> (my dear friend); (the end of the group)\n"]:
    'a comment after a group is no mailbox',
  ['address: (Empty list)(start)Hidden recipients  :(nobody(that I know))  ;\n']:
    'comments in an empty group are no mailbox',
  ['address: Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example\n']:
    'RFC 8621 wants the addr-spec, without its obsolete route',
  ['content_type: image/jpeg;\n   name="=?iso-8859-1?B?4Q==?= =?utf-8?B?w6k=?= =?iso-8859-1?q?=ED?=.jpeg"\n']:
    'RFC 2047 §6.2: blanks between encoded words go, within quotes too',
  ['content_type: inva/lid; name="   \n']: 'the quote is never closed and holds only blanks: no value',
  ['content_type: inva/lid; name="   \n    \n']: 'the quote is never closed and holds only blanks: no value',
  ["content_type: test/encoded; key4*=us-ascii''foo; key*9999=ba%; key2*0=a; key3*0*=us-ascii'en'xyz; key*0=\"f\u0000oo\"; key2*1*=b%25; key3*1=plop%; key*1=baz; *=test; =test2;\n"]:
    'RFC 8621 §4.1.2.1 drops NUL',
  ['content_type: malicious/attempt; 1*2*=a; 3**=b; 4***=c; *5**6*=d;*****7*8*=e; 9*10*11*12*13*14=f; 15*x***fff*===g;1 * 999999999999999999 *= h; 18 *=*=*=*=*==i;\n']:
    'names that RFC 2231 does not allow are no parameters',
};

/** Of those, the ones whose expectation can be held as well as what we say: a quote never closed, a word within quotes. */
const MATTERS_OF_TASTE = ['content_type: image/jpeg;', 'content_type: inva/lid; name="   \n'];

/** Rows of the Received fields of which the same is true (151: see there). */
const RECEIVED_OF_TASTE = 1;

interface Row {
  readonly header: string;
  readonly expected: unknown;
}

const rows = (name: string): Row[] => (present ? (readCorpusJson(`header-fields/${name}.json`) as Row[]) : []);

/** The first field's body: up to the line break that no blank follows, folds kept. */
const fieldBody = (header: string): string => {
  const end = /\r?\n(?![ \t])/.exec(header);
  return (end === null ? header : header.slice(0, end.index)).replaceAll('\0', '');
};
const squeezed = (text: string): string => text.replace(/\s+/g, ' ').trim();

function check(file: string, row: Row, ours: unknown, theirs: unknown): void {
  const key = `${file}: ${row.header}`;
  if (Object.hasOwn(DIVERGENCES, key)) {
    // A divergence that has gone must leave the table too.
    expect(ours, DIVERGENCES[key]).not.toEqual(theirs);
    return;
  }
  expect(ours).toEqual(theirs);
}

describe.skipIf(!present)('header fields', () => {
  test.each(rows('unstructured'))('unstructured $header', (row) => {
    check('unstructured', row, squeezed(readUnstructured(fieldBody(row.header))), squeezed(String(row.expected)));
  });

  test.each(rows('list'))('list $header', (row) => {
    check('list', row, readKeywords(fieldBody(row.header)).map(squeezed), row.expected);
  });

  test.each(rows('id'))('id $header', (row) => {
    check('id', row, readMessageIds(fieldBody(row.header)), row.expected);
  });

  test.each(rows('date'))('date $header', (row) => {
    const expected = row.expected as Record<string, number | boolean> | null;
    const pad = (value: unknown, width = 2): string => String(value).padStart(width, '0');
    const theirs =
      expected === null
        ? null
        : `${pad(expected['year'], 4)}-${pad(expected['month'])}-${pad(expected['day'])}T${pad(expected['hour'])}:${pad(expected['minute'])}:${pad(expected['second'])}` +
          `${expected['tz_before_gmt'] === true ? '-' : '+'}${pad(expected['tz_hour'])}:${pad(expected['tz_minute'])}`;
    // An unknown zone is +00:00 there; RFC 3339 writes -00:00 for it.
    const ours = readDate(fieldBody(row.header)).dateTime?.replace('-00:00', '+00:00') ?? null;
    check('date', row, ours, theirs);
  });

  test.each(rows('address'))('address $header', (row) => {
    check('address', row, ourGroups(row.header), theirGroups(row.expected));
  });

  test.each(rows('content_type'))('content type $header', (row) => {
    const expected = row.expected as {
      c_type: string;
      c_subtype: string | null;
      attributes?: [string, string][];
    } | null;
    const body = fieldBody(row.header);
    const read = readContentType(body);
    const ours =
      read === null
        ? null
        : { type: read.type, subtype: read.subtype, parameters: Object.fromEntries(read.parameters) };
    // A language is no parameter of RFC 2045, and is not kept.
    const theirs =
      expected === null
        ? null
        : {
            type: expected.c_type,
            subtype: expected.c_subtype,
            parameters: Object.fromEntries((expected.attributes ?? []).filter(([name]) => !name.endsWith('-language'))),
          };
    check('content_type', row, ours, theirs);
    if (ours?.subtype === null) expect(readDisposition(body).value).toContain(ours.type);
  });

  test('99 % are as expected, where the expectation is what the standards say', () => {
    const files = ['unstructured', 'list', 'id', 'date', 'address', 'content_type', 'received'];
    const total = files.flatMap(rows).length;
    // The others of both tables contradict an RFC, themselves, or the program that wrote the field.
    const taste = Object.keys(DIVERGENCES).filter((key) => MATTERS_OF_TASTE.some((start) => key.startsWith(start)));
    expect(taste).toHaveLength(MATTERS_OF_TASTE.length + 1);
    expect((total - taste.length - RECEIVED_OF_TASTE) / total).toBeGreaterThan(0.99);
  });
});

interface TheirGroup {
  readonly name: string | null;
  readonly addresses: readonly { readonly name: string | null; readonly address: string | null }[];
}

/** Comments stand in their names; RFC 8621 §4.1.2.3 leaves them out. Both are compared as sets of words. */
const words = (name: string | null, comments: readonly string[]): string[] =>
  [
    ...(name ?? '').split(/[\s()]+/),
    ...comments.filter((text) => text !== name).flatMap((text) => text.split(/[\s()]+/)),
  ]
    .filter((word) => word !== '')
    .toSorted();

function ourGroups(header: string) {
  return readAddressGroups(fieldBody(header)).map(({ name, addresses }) => ({
    name: name === null ? [] : words(name, []),
    addresses: addresses.map((mailbox) => ({
      name: words(mailbox.name, mailbox.comments),
      address: mailbox.email === '' ? null : mailbox.email,
    })),
  }));
}

function theirGroups(expected: unknown) {
  const value = expected as { List?: TheirGroup['addresses']; Group?: readonly TheirGroup[] };
  const groups = value.Group ?? [{ name: null, addresses: value.List ?? [] }];
  return groups.map(({ name, addresses }) => ({
    name: words(name, []),
    addresses: addresses.map((mailbox) => ({
      name: words(mailbox.name, []),
      // Blanks around the dots of an address are RFC 5322 §4.4's and not part of it.
      address: mailbox.address?.replace(/\s+/g, '') ?? null,
    })),
  }));
}
