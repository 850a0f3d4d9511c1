import { describe, expect, test } from 'vitest';
import { memorySink } from '../../src/io/index.ts';
import { lint, type ProfileName } from '../../src/produce/index.ts';
import { silent } from '../verify/run.ts';
import { goldenMailbox } from './mailbox.ts';
import { made } from './production.ts';

/** A production with one thing changed behind its back. */
async function spoiled(profile: ProfileName, path: RegExp, change: (octets: Buffer) => Buffer | null) {
  const { sink } = await made({ a: goldenMailbox() }, profile);
  const files = sink.files as Map<string, Uint8Array>;
  const [name, octets] = [...files].find(([each]) => path.test(each)) ?? [];
  if (name === undefined || octets === undefined) throw new Error(`no file like ${String(path)}`);
  const changed = change(Buffer.from(octets));
  if (changed === null) files.delete(name);
  else files.set(name, changed);
  return lint({ sink, profile, reporter: silent });
}
const text = (change: (text: string) => string) => (octets: Buffer) => Buffer.from(change(octets.toString('utf8')));
const lines = (change: (list: string[]) => string[]) => text((all) => change(all.split('\r\n')).join('\r\n'));

test.each<[string, ProfileName, RegExp, (octets: Buffer) => Buffer | null, string, RegExp]>([
  ['a native that is gone', 'relativity', /NATIVES.*06\.eml$/, () => null, 'lint-path', /^Row 7 \(MP0000006\)/],
  [
    'a native that was changed',
    'relativity',
    /NATIVES.*06\.eml$/,
    text((all) => all.replace('Delivery', 'delivery')),
    'lint-digest',
    /^Row 7 \(MP0000006\)/,
  ],
  ['a native that was cut', 'sec', /NATIVES.*06\.eml$/, (octets) => octets.subarray(0, 9), 'lint-digest', /^Row 7/],
  ['a text that is gone', 'everlaw', /TEXT.*06\.txt$/, () => null, 'lint-path', /^Row 7/],
  ['a text of another length', 'purview', /TEXT.*06\.txt$/, text((all) => `${all}!`), 'lint-text', /^Row 7/],
  [
    'line feeds alone',
    'relativity',
    /\.dat$/,
    text((all) => all.replaceAll('\r\n', '\n')),
    'lint-line-end',
    /^Row 1 of/,
  ],
  [
    'a line end in a value',
    'relativity',
    /\.dat$/,
    text((all) => all.replace('Lunch?', 'Lun\nch?')),
    'lint-line-end',
    /^Row 14 of/,
  ],
  ['a qualifier that is gone', 'relativity', /\.dat$/, text((all) => all.slice(0, -3)), 'lint-line-end', /not closed/],
  [
    'a column too few',
    'relativity',
    /\.dat$/,
    lines((list) => list.map((line, at) => (at === 3 ? line.replace('\u0014', '') : line))),
    'lint-columns',
    /^Row 4/,
  ],
  [
    'a row that is gone',
    'relativity',
    /\.dat$/,
    lines((list) => list.filter((_, at) => at !== 13)),
    'lint-number',
    /^Between Row 14/,
  ],
  [
    'a child that is gone',
    'relativity',
    /\.dat$/,
    lines((list) => list.filter((_, at) => at !== 8)),
    'lint-family',
    /not closed/,
  ],
  [
    'a parent that is gone',
    'relativity',
    /\.dat$/,
    lines((list) => list.filter((_, at) => at !== 9)),
    'lint-family',
    /^Row 10/,
  ],
  [
    'a row that stands twice',
    'relativity',
    /\.dat$/,
    lines((list) => [...list.slice(0, 14), list[13] ?? '', ...list.slice(14)]),
    'lint-number',
    /^Row 15/,
  ],
  [
    'the last row gone',
    'relativity',
    /\.dat$/,
    lines((list) => [...list.slice(0, -2), '']),
    'lint-number',
    /production\.json/,
  ],
  [
    'a number too short',
    'everlaw',
    /\.dat$/,
    text((all) => all.replaceAll('MP0000025', 'MP25')),
    'lint-number',
    /^Row 26/,
  ],
  [
    'a date with a Z',
    'relativity',
    /\.dat$/,
    text((all) => all.replace('11/14/2023 22:14:00', '2023-11-14T22:14:00Z')),
    'lint-date',
    /^Row 7/,
  ],
  [
    'a day that is none',
    'relativity',
    /\.dat$/,
    text((all) => all.replace('11/14/2023 22:14:00', '02/30/2023 22:14:00')),
    'lint-date',
    /^Row 7/,
  ],
  [
    'a year before 1753',
    'relativity',
    /\.dat$/,
    text((all) => all.replace('11/14/2023 22:14:00', '11/14/1752 22:14:00')),
    'lint-date',
    /^Row 7/,
  ],
  [
    'a time without its date',
    'logikcull',
    /\.dat$/,
    text((all) => all.replace('þ11/14/2023þ\u0014þ22:14:00þ', 'þþ\u0014þ22:14:00þ')),
    'lint-date',
    /^Row 7/,
  ],
  [
    'a path that leads out',
    'relativity',
    /\.dat$/,
    text((all) => all.replace('VOL001\\NATIVES\\0001\\MP0000006', '..\\..\\MP0000006')),
    'lint-path',
    /^Row 7/,
  ],
  [
    'a name Windows reserves',
    'relativity',
    /\.dat$/,
    text((all) => all.replace('VOL001\\NATIVES\\0001\\MP0000006.eml', 'VOL001\\NUL.eml')),
    'lint-path',
    /^Row 7/,
  ],
  ['no mark', 'relativity', /\.dat$/, (octets) => octets.subarray(3), 'lint-encoding', /no byte order mark/],
  [
    'a mark DISCO may not take',
    'disco',
    /\.dat$/,
    (octets) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), octets]),
    'lint-encoding',
    /disco/,
  ],
  [
    'a column name DISCO refuses',
    'disco',
    /\.dat$/,
    text((all) => all.replace('Date Sent', 'Date/Sent')),
    'lint-columns',
    /disco/,
  ],
  [
    'two columns of one name',
    'csv',
    /loadfile\.csv$/,
    text((all) => all.replace('reply_to', 'cc')),
    'lint-columns',
    /two columns/,
  ],
  ['a payload file that was changed', 'mailbag', /06\.eml$/, text((all) => `${all}!`), 'lint-digest', /06\.eml/],
  ['a payload file that is gone', 'mailbag', /06\.eml$/, () => null, 'lint-path', /06\.eml/],
  [
    'a payload file that is not listed',
    'mailbag',
    /^manifest-/,
    text((all) => all.slice(all.indexOf('\n') + 1)),
    'lint-bag',
    /in no manifest/,
  ],
  [
    'a tag file that was changed',
    'mailbag',
    /^bag-info/,
    text((all) => all.replace('Payload-Oxum: ', 'Payload-Oxum: 1')),
    'lint-bag',
    /Payload-Oxum/,
  ],
  ['no declaration', 'mailbag', /^bagit\.txt/, () => null, 'lint-bag', /bagit\.txt/],
  [
    'an EDRM file that was changed',
    'edrm-xml',
    /06\.eml$/,
    text((all) => all.replace('D', 'd')),
    'lint-digest',
    /MP0000006/,
  ],
  [
    'a relationship to nothing',
    'edrm-xml',
    /edrm\.xml$/,
    text((all) => all.replace('ParentDocId="MP0000006"', 'ParentDocId="MP9"')),
    'lint-family',
    /MP9/,
  ],
  [
    'an EDRM file that is cut',
    'edrm-xml',
    /edrm\.xml$/,
    text((all) => all.slice(0, -9)),
    'lint-columns',
    /root element/,
  ],
])('finds %s', async (_name, profile, path, change, check, message) => {
  const findings = await spoiled(profile, path, change);
  expect(
    findings.filter((finding) => finding.check === check && message.test(finding.message)),
    JSON.stringify(findings.slice(0, 5)),
  ).not.toEqual([]);
});

describe("anybody's load file", () => {
  const sinkOf = async (files: Readonly<Record<string, string | Buffer>>) => {
    const sink = memorySink();
    for (const [path, content] of Object.entries(files)) await sink.put(path, Buffer.from(content));
    return sink;
  };
  const dat = (...rows: readonly (readonly string[])[]) =>
    `\ufeff${rows.map((row) => `${row.map((cell) => `þ${cell}þ`).join('\u0014')}\r\n`).join('')}`;

  test('is read by the names others use', async () => {
    const head = ['BEGDOC', 'ENDDOC', 'BEGATTACH', 'ENDATTACH', 'NATIVELINK', 'MD5'];
    const sink = await sinkOf({
      'DATA/load.DAT': dat(head, [
        'ABC0000001',
        'ABC0000001',
        'ABC0000001',
        'ABC0000001',
        '.\\N\\1.txt',
        '0cc175b9c0f1b6a831c399e269772661',
      ]),
      'N/1.txt': 'a',
    });
    expect(await lint({ sink, reporter: silent })).toEqual([]);
    await sink.put('N/1.txt', Buffer.from('b'));
    expect(await lint({ sink, reporter: silent })).toMatchObject([{ check: 'lint-digest', severity: 'error' }]);
  });

  test('in windows-1252 is read, with a warning', async () => {
    const sink = await sinkOf({
      'load.dat': Buffer.from(dat(['BEGDOC', 'TITLE'], ['ABC0000001', 'Größe']).slice(1), 'latin1'),
    });
    expect(await lint({ sink, reporter: silent })).toMatchObject([{ check: 'lint-encoding', severity: 'warning' }]);
  });

  test('that numbers nothing is a fault, and a folder without any is no production', async () => {
    expect(await lint({ sink: await sinkOf({ 'a.dat': dat(['A', 'B']) }), reporter: silent })).toMatchObject([
      { check: 'lint-columns' },
    ]);
    await expect(lint({ sink: memorySink(), reporter: silent })).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  });
});

test('in UTF-16 a production keeps the rules too', async () => {
  for (const encoding of ['utf-16le', 'windows-1252'] as const) {
    const { sink } = await made({ a: goldenMailbox() }, 'relativity', { encoding });
    expect(
      (await lint({ sink, profile: 'relativity', reporter: silent })).filter(({ severity }) => severity === 'error'),
    ).toEqual([]);
  }
});
