import { describe, expect, test } from 'vitest';
import type { ItemRecord, RecordType } from '../../src/model/index.ts';
import { decideLog, type LogStates, logNumber, RunCounts, readLog, type ValueState } from '../../src/verify/index.ts';

const ARCHIVE = {
  format: 'zip',
  size: 5_000,
  sha256: '0'.repeat(64),
  sha384: '1'.repeat(96),
  md5: '2'.repeat(32),
  salvaged: false,
};

function record(index: number, type: RecordType, path: string, size: number): ItemRecord {
  const id = String(index).padStart(8, '0');
  return {
    id,
    type,
    source: { entry: path, index, offset: index * 100, crc32: null },
    folderPath: path.split('/').slice(0, -1),
    native: { mediaType: 'message/rfc822', digest: `sha256:${'0'.repeat(64)}`, size, md5: '0'.repeat(32) },
    family: { root: id, parent: null, part: null, depth: 0 },
    identity: { messageId: null, mih: null, contentHash: null, familyHash: null },
    issues: [],
    ...(type === 'Other' && { other: { kind: 'unknown', detail: null } }),
  };
}

/** 10 messages of 100 octets, 3 calendar entries of 50, one other of 7, in A and A/B. */
function holdings() {
  const counts = new RunCounts();
  const take = (type: RecordType, path: string, size: number, index: number) =>
    counts.take({ record: record(index, type, path, size), shard: 0, offset: 0, length: 1 });
  for (let at = 0; at < 10; at++) take('Email', `A/B/${at}.eml`, 100, at);
  for (let at = 10; at < 13; at++) take('CalendarEvent', `Calendar/${at}.ics`, 50, at);
  take('Other', 'A/x.bin', 7, 13);
  return { counts, ledger: null, archive: ARCHIVE };
}

const read = (values: Record<string, string>) => readLog({ where: 'log', values }, holdings(), null);
const stateOf = (key: string, value: string) => read({ [key]: value }).values.find((each) => each.key === key);

describe('each value under every reading', () => {
  test.each<[string, string, ValueState, string | null]>([
    ['totalMessages', '10', 'agrees', 'messages'],
    ['totalMessages', '13', 'agrees', 'messages and calendar entries'],
    ['totalMessages', '14', 'agrees', 'all entries but folders and logs'],
    ['totalMessages', '15', 'short', null],
    ['totalMessages', '12', 'unknown', null],
    ['totalMessages', '9', 'unknown', null],
    ['totalMessages', 'ten', 'unknown', null],
    ['totalMessages', '-1', 'unknown', null],
    ['totalMessages', '1e1', 'unknown', null],
    ['totalMessages', '', 'unknown', null],
    ['totalBytes', '1150', 'agrees', 'octets of messages and calendar items'],
    ['totalBytes', '1000', 'agrees', 'octets of messages'],
    ['totalBytes', '1157', 'agrees', 'octets of all entries but folders and logs'],
    ['totalBytes', '5000', 'agrees', 'octets of the archive'],
    ['totalBytes', '5001', 'short', null],
    ['totalBytes', '999', 'unknown', null],
    ['totalFolders', '2', 'agrees', 'folders that hold items'],
    ['totalFolders', '1', 'agrees', 'folders that hold messages'],
    ['totalFolders', '3', 'agrees', 'all folders, those above them too'],
    ['totalFolders', '4', 'agrees', 'all folders and the root'],
    ['totalFolders', '15', 'open', null],
    ['totalFolders', '19', 'open', null],
    ['totalFolders', '20', 'short', null],
    ['totalFolders', '0', 'unknown', null],
    ['sha384Hash', '1'.repeat(96), 'agrees', 'SHA-384 of the archive'],
    ['sha384Hash', '1'.repeat(95), 'unknown', null],
  ])('%s %s: %s', (key, value, state, reading) => {
    expect(stateOf(key, value)).toMatchObject({ state, reading });
  });

  test('a value of the prototype is no value of the log', () => {
    expect(read(JSON.parse('{"__proto__": {"totalMessages": "10"}}')).values).toEqual([]);
  });

  test('a number of a log is decimal digits', () => {
    expect(['7', ' 7 ', '0', '', '0x7', '7.0', '9'.repeat(16), undefined].map(logNumber)).toEqual([
      7,
      7,
      0,
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  test('a total that is short by what is not exported may include it', () => {
    const log = read({ totalMessages: '17', totalNonExportableItems: '4' });
    expect(log.values[0]?.state).toBe('unknown');
    expect(log.agrees).toBe(null);
  });
});

describe('what the values come to', () => {
  const agree: LogStates = {
    messages: 'agrees',
    bytes: 'agrees',
    hash: 'agrees',
    folders: 'open',
    times: 'agrees',
    shortTogether: false,
    plainly: true,
  };
  test.each<[string, Partial<LogStates>, boolean | null]>([
    ['all agree', {}, true],
    ['messages alone', { bytes: 'absent', hash: 'absent', folders: 'absent', times: 'absent' }, true],
    [
      'messages alone, in a sum that calendar items enter into',
      { plainly: false, bytes: 'absent', hash: 'absent', folders: 'absent', times: 'absent' },
      null,
    ],
    ['such a sum, octets confirming it', { plainly: false, hash: 'absent' }, true],
    ['such a sum, the hash confirming it', { plainly: false, bytes: 'absent' }, true],
    ['the hash alone', { messages: 'absent', bytes: 'absent', folders: 'absent', times: 'absent' }, true],
    ['octets alone', { messages: 'absent', hash: 'absent' }, null],
    ['nothing', { messages: 'absent', bytes: 'absent', hash: 'absent', folders: 'absent', times: 'absent' }, null],
    ['messages short', { messages: 'short' }, false],
    ['messages short though the hash agrees', { messages: 'short', hash: 'agrees' }, false],
    ['messages unknown', { messages: 'unknown' }, null],
    [
      'messages unknown and short together',
      { messages: 'unknown', bytes: 'unknown', hash: 'unknown', shortTogether: true },
      false,
    ],
    ['short together, the archive confirmed', { messages: 'unknown', bytes: 'unknown', shortTogether: true }, null],
    ['octets unknown', { bytes: 'unknown' }, null],
    ['octets short', { bytes: 'short' }, null],
    ['the hash unknown', { hash: 'unknown' }, null],
    ['folders unknown', { folders: 'unknown' }, null],
    ['folders beyond those there are', { folders: 'short' }, true],
    ['the times of another job', { times: 'unknown' }, null],
    ['the times of another job, messages short', { times: 'unknown', messages: 'short' }, null],
    ['no times to compare', { times: 'open' }, true],
  ])('%s', (_name, states, agrees) => {
    const decision = decideLog({ ...agree, ...states });
    expect(decision.agrees).toBe(agrees);
    expect(decision.reason).not.toBe('');
  });
});

test('a log of the plain readings is a witness, and confirms octets and archive', () => {
  const log = read({ totalMessages: '10', totalBytes: '1000', sha384Hash: '1'.repeat(96) });
  expect(log).toMatchObject({ agrees: true, confirmsMessages: true, confirmsCalendars: false, confirmsArchive: true });
  expect(read({ totalMessages: '13', totalBytes: '1150' })).toMatchObject({
    confirmsMessages: true,
    confirmsCalendars: true,
  });
});

describe('messages and octets that are short together', () => {
  test.each([
    ['one message of 90 octets more', { totalMessages: '11', totalBytes: '1090' }, false],
    ['one message of 10 octets more: no message is so small', { totalMessages: '11', totalBytes: '1010' }, null],
    ['one message of 50 MB more: no message is so large', { totalMessages: '11', totalBytes: '52429800' }, null],
    ['no octets to compare', { totalMessages: '11' }, null],
  ])('%s', (_name, values, agrees) => {
    expect(read(values).agrees).toBe(agrees);
  });
});
