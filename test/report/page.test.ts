import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Email, type Finding, type ItemRecord, issue } from '../../src/model/index.ts';
import { foreign } from '../../src/report/html.ts';
import {
  collectStatistics,
  isDeceiving,
  type ReportInput,
  renderReport,
  StatisticsCollector,
} from '../../src/report/index.ts';
import { CONTRASTS, DARK, LIGHT, PALETTE_NAMES } from '../../src/report/palette.ts';
import { shellWord } from '../../src/report/sections/verify-again.ts';
import { makeMailbox } from '../verify/mailbox.ts';
import { JOB, logOf, objectOf, runOfEntries, verify } from '../verify/run.ts';
import type { ZipEntry } from '../verify/zip.ts';

const eml = (path: string, ...lines: string[]): ZipEntry => ({ path, bytes: Buffer.from(lines.join('\r\n')) });

async function inputOf(entries: readonly ZipEntry[], more: Partial<ReportInput> = {}): Promise<ReportInput> {
  const run = await runOfEntries(entries);
  const reader = await run.reader();
  const outputLogs = [{ where: 's3://bucket/exports/log.json', values: logOf(entries, run.archive) }];
  const facts = { job: JOB, object: objectOf(run.archive), outputLogs, mailbox: null };
  const { findings, verdict, checks } = await verify(run, { facts });
  return {
    root: reader.root,
    ledger: await reader.ledger(),
    findings,
    verdict,
    checks,
    custody: { source: { location: 's3://bucket/exports/mailbox.zip' }, run: { command: ['process', 'x'] } },
    statistics: await collectStatistics(reader),
    facts,
    manifestDigest: reader.digest,
    ...more,
  };
}

const MAILBOX = makeMailbox({ seed: 5, messages: 40 });
const SECTIONS = [
  'verdict',
  'expected',
  'ledger',
  'mail',
  'correspondents',
  'issues',
  'gaps',
  'calendar',
  'custody',
  'verify-again',
  'limits',
];

test('every section stands in its order, with a heading and a link to it', async () => {
  const page = renderReport(await inputOf(MAILBOX));
  const found = [...page.matchAll(/<section [^>]*\bid="([^"]+)"/g)].map((match) => match[1]);
  expect(found).toEqual(SECTIONS);
  for (const id of SECTIONS) {
    expect(page).toContain(`<a href="#${id}">`);
    expect(page).toContain(`aria-labelledby="${id}-title"`);
    expect(page).toContain(`<h2 id="${id}-title">`);
  }
  expect(page).toContain('COMPLETE</h2>');
  expect(page).toContain('sha256sum -c manifest-sha256.txt');
});

test('the same input gives the same octets', async () => {
  expect(renderReport(await inputOf(MAILBOX))).toBe(renderReport(await inputOf(MAILBOX)));
});

test('nothing runs, nothing is loaded, and the policy names the one style there is', async () => {
  const page = renderReport(await inputOf(MAILBOX));
  expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|form|base|image|use)\b/i);
  expect(page).not.toMatch(/\s(on\w+|style|src|srcset|xlink:href)=/i);
  expect(page).not.toMatch(/url\(|@import|javascript:/i);
  for (const [, target = ''] of page.matchAll(/href="([^"]*)"/g)) expect(target).toMatch(/^#[a-z-]+$/);
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
  expect(page).toContain(`default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}';`);
  expect(page.match(/<style/g)).toHaveLength(1);
});

/** Elements balance and ids are there once: a reader of the page's structure (a screen reader) is not misled. */
test('the markup is well-formed and its references lead somewhere', async () => {
  const page = renderReport(await inputOf(MAILBOX)).replace(/<style>[\s\S]*?<\/style>/, '');
  const open: string[] = [];
  for (const [, closing, name = '', selfClosing] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/g)) {
    if (selfClosing === '/' || /^(meta|br)$/.test(name)) continue;
    if (closing === '/') expect(open.pop()).toBe(name);
    else open.push(name);
  }
  expect(open).toEqual([]);
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, names = ''] of page.matchAll(/aria-(?:labelled|described)by="([^"]+)"/g)) {
    for (const name of names.split(' ')) expect(ids).toContain(name);
  }
  expect(page.match(/<h1/g)).toHaveLength(1);
  for (const landmark of ['<header>', '<nav aria-label', '<main id="main">', '<footer>'])
    expect(page).toContain(landmark);
  for (const [table] of page.matchAll(/<table[\s\S]*?<\/table>/g)) {
    expect(table).toContain('<caption>');
    expect(table).toContain('scope="row"');
    expect(table).not.toMatch(/<th scope="(row|col)"><\/th>/);
  }
  for (const [chart] of page.matchAll(/<svg[\s\S]*?<\/svg>/g)) {
    expect(chart).toMatch(/aria-hidden="true"|role="img" aria-labelledby="[^"]+" aria-describedby="[^"]+"><title/);
  }
});

const EMPTY_EMAIL: Email = {
  messageId: null,
  inReplyTo: null,
  references: null,
  sender: null,
  from: null,
  to: null,
  cc: null,
  bcc: null,
  replyTo: null,
  subject: null,
  sentAt: null,
  receivedAt: null,
  size: 0,
  headers: [],
  bodyStructure: {
    partId: '1',
    blobId: null,
    size: 0,
    name: null,
    type: 'text/plain',
    charset: null,
    disposition: null,
    cid: null,
    language: null,
    location: null,
  },
  textBody: [],
  htmlBody: [],
  attachments: [],
  hasAttachment: false,
  preview: '',
};

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><script>1</script>',
  '</title><script>2</script>',
  '\u202Egnp.exe',
  '\u2066hidden\u2069',
  '&lt;b&gt;',
  '\u0007\u001b[31m',
];

test.each(HOSTILE)('%j from the mailbox is text wherever it is shown', async (hostile) => {
  const safe = hostile.replaceAll('/', '');
  const entries = [
    eml(
      `In${safe}box/a.eml`,
      `From: "${safe}"@evil.example`,
      `To: <b${safe}@evil.example>`,
      `Subject: ${safe}`,
      'Date: x',
      '',
      'x',
    ),
    eml('Inbox/b.eml', 'From: a@example.com', `Content-Type: text/${safe.slice(0, 8)}; name="x"`, '', 'x'),
  ];
  const hostileFinding: Finding = {
    check: hostile,
    severity: 'error',
    message: hostile,
    entry: hostile,
    expected: hostile,
  };
  const plain = await inputOf(entries);
  const page = renderReport({
    ...plain,
    findings: [hostileFinding],
    verdict: {
      verdict: 'INCOMPLETE',
      reasons: [hostileFinding],
      next: [hostile],
      witnesses: [{ name: hostile, agrees: null, reading: hostile }],
    },
    custody: {
      source: { location: `s3://bucket/${hostile}` },
      run: { tool: hostile, command: [hostile], host: hostile },
      limits: [hostile],
    },
  });
  const body = page.replace(/<style>[\s\S]*?<\/style>/, '');
  expect(body).not.toMatch(/<(script|img|b)\b/i);
  expect(body.match(/<\/title>/g)?.length).toBe(body.match(/<title/g)?.length);
  expect(body).not.toMatch(/<[a-z][^<>]*\son\w+=/i);
  expect(Array.from(body).filter((character) => character !== '\n' && isDeceiving(character))).toEqual([]);
});

test('a deceiving character is named where it stands', async () => {
  const page = renderReport(
    await inputOf([eml('Inbox/a.eml', 'From: a@example.com', 'Subject: s', '', 'x')], {
      custody: { source: { location: '/x/\u202Egnp.exe' } },
    }),
  );
  expect(page).toContain('<span class="named">U+202E</span>gnp.exe');
});

test.each([
  ['صندوق/3.eml', '<bdi dir="ltr"><bdi>صندوق</bdi>/3.eml</bdi>'],
  ['مثال0@example.com', '<bdi dir="ltr"><bdi>مثال</bdi>0@example.com</bdi>'],
  ['שלום, עולם is in the manifest', '<bdi dir="ltr"><bdi>שלום, עולם</bdi> is in the manifest</bdi>'],
  ['受信トレイ/3.eml', '<bdi>受信トレイ/3.eml</bdi>'],
])('%j keeps its order: words from right to left are isolated one by one', (text, shown) => {
  expect(foreign(text).text).toBe(shown);
});

test('marks piled on a letter are counted, not drawn over the lines around it', () => {
  const piled = `e${'\u0301'.repeat(60)}x${'\u0301'.repeat(6)}`;
  expect(foreign(piled).text).toBe(
    `<bdi>e${'\u0301'.repeat(6)}<span class="named">+54 marks</span>x${'\u0301'.repeat(6)}</bdi>`,
  );
  expect(foreign(`e${'\u0301'.repeat(999)}`, 100).text).toContain('+93 marks');
});

const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

test.each([
  ['light', LIGHT],
  ['dark', DARK],
] as const)('contrasts of the %s palette meet WCAG AA', (_, palette) => {
  for (const name of PALETTE_NAMES) expect(palette[name]).toMatch(/^#[0-9a-f]{6}$/);
  for (const [front, back, least] of CONTRASTS) {
    const [lighter = 0, darker = 0] = [luminance(palette[front]), luminance(palette[back])].sort((a, b) => b - a);
    expect((lighter + 0.05) / (darker + 0.05), `${front} on ${back}`).toBeGreaterThanOrEqual(least);
  }
});

test('an export of nothing but a folder, without custody, facts or checks, still makes a page', async () => {
  const { root, ledger, verdict, statistics } = await inputOf([{ path: 'Inbox/', bytes: Buffer.alloc(0) }]);
  const page = renderReport({ root, ledger, verdict, statistics, findings: [], custody: null });
  for (const said of [
    'No item has an issue.',
    'No message carries a date that can be read.',
    'The archive holds no calendar item.',
    'There is no custody record',
    'The checks recorded no findings.',
    'No message names a sender or a recipient.',
    '<h3>By folder</h3><p class="note">None.</p>',
  ]) {
    expect(page).toContain(said);
  }
  expect(page).not.toContain('<tbody></tbody>');
});

test('what differs is said to differ', async () => {
  const plain = await inputOf(MAILBOX);
  const facts = plain.facts ?? { job: null, object: null, outputLogs: [], mailbox: null };
  const [log] = facts.outputLogs;
  const outputLogs = [{ where: 'log', values: { ...log?.values, totalMessages: '999999' } }];
  const object = facts.object === null ? null : { ...facts.object, size: 1 };
  const page = renderReport({ ...plain, facts: { ...facts, object, outputLogs } });
  expect(page).toMatch(
    /totalMessages<\/code><\/th><td><span class="word bad">different<\/span><\/td><td><bdi>999,999<\/bdi>/,
  );
  expect(page).toMatch(
    /Octets of the archive<\/th><td><span class="word bad">different<\/span><\/td><td>1<\/td><td>[\d,]+<\/td>/,
  );
});

test.each([
  ['s3://bucket/a.zip', 's3://bucket/a.zip'],
  ['/home/a b.zip', "'/home/a b.zip'"],
  ["it's;rm -rf", "'it'\\''s;rm -rf'"],
  ['$(reboot)', "'$(reboot)'"],
])('%s is pasted as %s', (word, expected) => {
  expect(shellWord(word)).toBe(expected);
});

/** A record as small as a record can be, for a run of any length. */
const sample = (number: number, sentAt: string | null): ItemRecord => ({
  id: String(number).padStart(8, '0'),
  type: 'Email',
  source: { entry: `folder ${number}/${number}.eml`, index: number, offset: number, crc32: null },
  folderPath: [`folder ${number}`],
  native: { mediaType: 'message/rfc822', digest: `sha256:${'0'.repeat(64)}`, size: number, md5: '0'.repeat(32) },
  family: { root: String(number), parent: null, part: null, depth: 0 },
  identity: { messageId: null, mih: null, contentHash: null, familyHash: null },
  issues: number % 2 === 0 ? [issue('DATE_UNREADABLE', `${number} cannot be read`)] : [],
  email: {
    ...EMPTY_EMAIL,
    from: [{ name: null, email: `person-${number}@example.com` }],
    sentAt,
  },
});

test.each([
  { dates: ['2020-01', '2026-05'], unit: 'Messages by month', first: 'From 2020-01 to 2026-05.' },
  { dates: ['1999-01', '2026-05'], unit: 'Messages by year', first: 'From 1999 to 2026.' },
  { dates: ['1601-01', '2026-05'], unit: 'Messages by decade', first: 'From 1600s to 2020s.' },
  { dates: ['0001-01', '2026-05', '9999-12'], unit: 'Messages by century', first: 'From 0000–0099 to 9900–9999.' },
])('mail from $dates is shown in so many columns as a person can read', async ({ dates, unit, first }) => {
  const collector = new StatisticsCollector();
  for (const [number, date] of dates.entries()) collector.take(sample(number, `${date}-01T00:00:00Z`));
  const page = renderReport({ ...(await inputOf(MAILBOX)), statistics: collector.finish() });
  expect(page).toContain(unit);
  expect(page).toContain(first);
  expect(page).toContain('1 message');
  const columns = [...page.matchAll(/<rect class="column" [^>]*><title>[^<]*: (\d+) message/g)];
  expect(columns.length).toBeLessThanOrEqual(132);
  expect(columns.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(dates.length);
});

test('a list of people that grew too long to count says that there are more', async () => {
  const collector = new StatisticsCollector();
  for (let number = 0; number < 30_001; number++) collector.take(sample(number, null));
  const page = renderReport({ ...(await inputOf(MAILBOX)), statistics: collector.finish() });
  expect(page).toMatch(/(?:At least [\d,]+ further|Further) addresses (?:are )?not shown/);
});

test('an output log is shown as the verdict understood it', async () => {
  const plain = await inputOf(MAILBOX);
  const facts = plain.facts ?? { job: null, object: null, outputLogs: [], mailbox: null };
  const [log] = facts.outputLogs;
  // It began a day after the archive lay in S3.
  const late = { where: 'late', values: { ...log?.values, startTime: '1767398400', endTime: '1767398500' } };
  const page = renderReport({ ...plain, facts: { ...facts, job: null, outputLogs: [late] } });
  expect(page).toMatch(/<code>startTime<\/code><\/th><td><span class="word bad">different/);
  const other = { where: 'another', values: { ...log?.values, sha384Hash: 'a'.repeat(96), totalMessages: '7' } };
  const two = renderReport({ ...plain, facts: { ...facts, outputLogs: [...facts.outputLogs, other] } });
  expect(two).toContain('another archive’s'.replace('’', '&#39;'));
  expect(two).not.toMatch(/<code>totalMessages<\/code><\/th><td><span class="word bad">/);
});

test('an export of many folders, people, years and gaps makes a page no longer than one a person can open', async () => {
  const plain = await inputOf(MAILBOX);
  const collector = new StatisticsCollector();
  for (let number = 0; number < 30_000; number++) {
    const year = 1900 + 2 * (number % 60);
    collector.take(sample(number, number % 100 === 0 ? null : `${year}-0${1 + (number % 9)}-01T00:00:00Z`));
  }
  const statistics = collector.finish();
  const years = Array.from({ length: 90 }, (_, place) => {
    return [1950 + place, { events: place, tasks: 1, recurring: 0, overrides: 0 }] as const;
  });
  const gaps = Array.from({ length: 30 }, (_, start) => ({ start, end: start + 1, reason: 'padding' }));
  const ledger = { ...plain.ledger, archive: { ...plain.ledger.archive, gaps, unaccounted: -3 } };
  const finding: Finding = { check: 'crc', severity: 'error', message: 'm', found: '1', entry: 'e' };
  const reasons = Array.from({ length: 30 }, () => finding);
  const page = renderReport({
    ...plain,
    ledger,
    findings: Array.from({ length: 500 }, () => finding),
    verdict: { ...plain.verdict, verdict: 'INCOMPLETE', reasons },
    statistics: { ...statistics, calendar: new Map(years) },
    timestamp: { time: '2026-01-01T00:00:00.000Z', serial: '1', policy: '1.2.3', authority: 'O=Example' },
  });
  expect(page.length).toBeLessThan(300_000);
  for (const said of [
    'Messages by year',
    'each count may be too low by',
    'further folders not shown',
    'further addresses not shown',
    '50 years with fewer items are not shown',
    'shorter ones are not shown',
    '20 more are in ledger.json',
    '460 more are listed by <code>mailproof verify --json</code>',
    '18 further reasons',
    '>−3</span>',
    'openssl ts -verify',
    '300 messages without a date',
  ]) {
    expect(page).toContain(said);
  }
});
