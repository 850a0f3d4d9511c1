import { describe, expect, test } from 'vitest';
import type { ItemRecord } from '../../src/model/index.ts';
import { checkSecondOpinion, secondOpinion } from '../../src/verify/index.ts';
import { makeMailbox } from './mailbox.ts';
import { runOfEntries } from './run.ts';

const SIMPLE = [
  'Message-ID: <1@example.com>',
  'Date: Thu, 1 Jan 2026 10:00:00 +0100',
  'From: "A" <a@example.com>',
  'To: b@example.com',
  'Cc: c@example.com',
  'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'hello',
  '--b',
  'Content-Type: application/octet-stream; name=x.bin',
  'Content-Disposition: attachment; filename=x.bin',
  'Content-Transfer-Encoding: base64',
  '',
  'AAECAwQFBgc=',
  '--b--',
  '',
].join('\r\n');

async function recordOf(text: string): Promise<ItemRecord> {
  const run = await runOfEntries([{ path: 'Inbox/1.eml', bytes: Buffer.from(text) }]);
  return (await run.reader()).record('00000000');
}

const opinionOf = async (record: ItemRecord, text = SIMPLE) =>
  (await secondOpinion(Buffer.from(text), record)).differences;
const withEmail = (record: ItemRecord, change: Partial<NonNullable<ItemRecord['email']>>): ItemRecord =>
  record.email === undefined ? record : { ...record, email: { ...record.email, ...change } };

describe('where two readers differ', () => {
  test('they agree about a message that is well made', async () => {
    expect(await opinionOf(await recordOf(SIMPLE))).toEqual([]);
  });

  test.each<[string, Partial<NonNullable<ItemRecord['email']>>, string, string]>([
    ['a subject we lack', { subject: null }, 'subject', 'loss'],
    ['another subject', { subject: 'Gruesse' }, 'subject', 'different'],
    ['a sender we lack', { from: null }, 'from', 'loss'],
    [
      'an addressee more',
      {
        to: [
          { name: null, email: 'b@example.com' },
          { name: null, email: 'x@example.com' },
        ],
      },
      'to',
      'different',
    ],
    ['a copy we lack', { cc: null }, 'cc', 'loss'],
    ['another instant', { sentAt: '2026-01-01T10:00:01+01:00' }, 'date', 'different'],
    ['a date that we could not read', { sentAt: null }, 'date', 'trait'],
    ['another id', { messageId: ['2@example.com'] }, 'message-id', 'different'],
    ['a header field that we lack', { headers: [] }, 'header-count', 'loss'],
    ['a file that we count as body', { attachments: [] }, 'attachment-count', 'trait'],
  ])('%s', async (_name, change, field, kind) => {
    const differences = await opinionOf(withEmail(await recordOf(SIMPLE), change));
    expect(differences.map((each) => [each.field, each.kind])).toEqual([[field, kind]]);
  });

  test('the same instant in another offset is no difference', async () => {
    expect(await opinionOf(withEmail(await recordOf(SIMPLE), { sentAt: '2026-01-01T09:00:00Z' }))).toEqual([]);
  });

  test('a domain in its letters is the same domain, and a leap second is one that they do not know', async () => {
    const idn = SIMPLE.replaceAll('a@example.com', 'a@xn--exmple-cua.com');
    expect(await opinionOf(await recordOf(idn), idn)).toEqual([]);
    const other = SIMPLE.replaceAll('a@example.com', 'a@xn--exmple-0ua.com');
    expect(await opinionOf(await recordOf(idn), other)).toMatchObject([{ field: 'from', kind: 'different' }]);
    const leap = SIMPLE.replace('Thu, 1 Jan 2026 10:00:00 +0100', 'Sat, 31 Dec 2016 23:59:60 +0000');
    expect(await opinionOf(await recordOf(leap), leap)).toMatchObject([{ field: 'date', kind: 'trait' }]);
  });

  test('an attachment of other octets', async () => {
    const differences = await opinionOf(await recordOf(SIMPLE.replace('AAECAwQFBgc=', 'AAECAwQFBgg=')));
    expect(differences).toMatchObject([{ field: 'attachment-digest', kind: 'loss', ours: null }]);
    expect(differences[0]?.theirs).toMatch(/^[0-9a-f]{64} application\/octet-stream x\.bin$/);
  });

  test('what is no message has no second opinion', async () => {
    const { email: _, ...record } = await recordOf(SIMPLE);
    expect(await opinionOf({ ...record, type: 'Other' })).toEqual([]);
  });
});

test('a run is read again by mailparser, message by message', async () => {
  const entries = makeMailbox({ seed: 31, directories: true });
  const run = await runOfEntries(entries);
  const result = await checkSecondOpinion(await run.reader(), run.source);
  expect(result).toMatchObject({ messages: 24, agreed: 24, findings: [], differences: {} });
});

test('differences are listed by entry and counted by class', async () => {
  const bytes = Buffer.from(SIMPLE.replace('Date: Thu, 1 Jan 2026 10:00:00 +0100', 'Date: tea time'));
  const run = await runOfEntries([{ path: 'Inbox/1.eml', bytes }]);
  const { findings, differences, agreed } = await checkSecondOpinion(await run.reader(), run.source);
  expect(agreed).toBe(0);
  expect(differences).toEqual({ 'date trait': 1 });
  expect(findings).toMatchObject([
    { check: 'second-opinion', severity: 'info', entry: 'Inbox/1.eml', record: '00000000' },
  ]);
});
