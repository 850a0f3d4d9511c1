import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseMessage } from '../../src/mime/index.ts';
import { corpusMessages, present } from './corpora.ts';
import { message, recordWithoutOctets } from './record.ts';

const withBreaks = (bytes: Buffer, lineBreak: string): Buffer =>
  Buffer.from(bytes.toString('latin1').replace(/\r*\n|\r/g, lineBreak), 'latin1');
const BREAKS = [
  ['CR LF', '\r\n'],
  ['LF', '\n'],
  ['CR', '\r'],
  ['CR CR LF', '\r\r\n'],
] as const;

const SAMPLE = message(
  'From: Jane <jane@example.com>',
  'Subject: one',
  '\ttwo',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  'prologue',
  '--b',
  '',
  'first  ',
  'line',
  '--b',
  'Content-Type: text/plain; format=flowed',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'soft=',
  ' break, flowed ',
  'on',
  '--b',
  'Content-Type: message/rfc822',
  '',
  'Subject: inner',
  '',
  'text',
  '--b--',
  'epilogue',
);

describe('line breaks', () => {
  test.each(BREAKS)('%s give the same record', (_, lineBreak) => {
    const record = recordWithoutOctets(parseMessage(withBreaks(SAMPLE, lineBreak)));
    expect(record).toBe(recordWithoutOctets(parseMessage(SAMPLE)));
    expect(record).toContain('"subject":"inner"');
  });

  test('the octets of a part are the original ones, bare CR included', () => {
    const parsed = parseMessage(withBreaks(SAMPLE, '\r'));
    expect(parsed.email.bodyStructure.subParts).toHaveLength(3);
    expect(Buffer.from(parsed.content('1') ?? []).toString()).toBe('first  \rline');
  });

  test('a message may mix line breaks', () => {
    const mixed =
      'From: a@b\r\nSubject: x\nContent-Type: multipart/mixed; boundary=b\r\r\n\n--b\r\n\none\n--b\n\r\ntwo\r\n--b--';
    const { email, text } = parseMessage(Buffer.from(mixed));
    expect(email.bodyStructure.subParts?.map((part) => part.size)).toEqual([3, 3]);
    expect(text).toBe('one\ntwo');
  });

  const bounces = corpusMessages().filter(({ name }) => name.startsWith('sisimai/maildir/bsd/'));
  /** An encoded CR before a line break: only an LF makes one line break of the two, so these messages do differ. */
  const encodesReturns = ({ path }: { readonly path: string }): boolean =>
    /=0D\r?\n/.test(readFileSync(path, 'latin1'));
  test.skipIf(!present)('every bounce reads the same with CR LF and with bare CR', () => {
    expect(bounces.length).toBeGreaterThan(500);
    expect(bounces.filter(encodesReturns).length).toBeLessThan(5);
    const different = bounces.filter((bounce) => {
      if (encodesReturns(bounce)) return false;
      const { path } = bounce;
      const native = withBreaks(readFileSync(path), '\n');
      const expected = recordWithoutOctets(parseMessage(native));
      return ['\r\n', '\r'].some(
        (lineBreak) => recordWithoutOctets(parseMessage(withBreaks(native, lineBreak))) !== expected,
      );
    });
    expect(different.map(({ name }) => name)).toEqual([]);
  });

  const lines = (bytes: Buffer): string => withBreaks(bytes, '\n').toString('latin1').trimEnd();
  const twins = corpusMessages().filter(({ name }) => /^sisimai\/maildir\/(?:dos|mac)\//.test(name));
  test.skipIf(!present)('the published twins whose text is the same give the same record', () => {
    let same = 0;
    for (const { name, path } of twins) {
      const original = bounces.find((bounce) => bounce.name === name.replace(/\/(?:dos|mac)\//, '/bsd/'));
      if (original === undefined) continue;
      const [one, other] = [readFileSync(path), readFileSync(original.path)];
      // Some twins were decoded or edited on the way: those are other messages.
      if (lines(one) !== lines(other)) continue;
      same++;
      const trimmed = (bytes: Buffer): string =>
        recordWithoutOctets(parseMessage(Buffer.from(bytes.toString('latin1').trimEnd(), 'latin1')));
      expect(trimmed(one), name).toBe(trimmed(other));
    }
    expect(same).toBeGreaterThan(40);
  });
});
