import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { decodeCharset } from '../../src/mime/charset/decode.ts';
import { likelyCharset } from '../../src/mime/charset/likely.ts';
import { parseMessage } from '../../src/mime/index.ts';
import type { EmailBodyPart } from '../../src/model/index.ts';
import { corpusMessages, present } from './corpora.ts';

/** Words of many languages that we did not write: the names of countries, from the runtime's Unicode data. */
const REGIONS =
  'US RU CN JP KR DE FR IT ES GR IL EG TH BR SE FI PL CZ HU TR UA BG AR CI MX NO DK IS PT AT CH BE NL IE GB IN ID VN MY PH AU NZ ZA NG KE ET MA DZ TN LY SA IQ IR SY LB JO KW QA AE YE OM PK AF BD NP LK MM KH LA MN KZ UZ';

/** Texts of so many names each that a charset can hold, and that are not all ASCII. */
function* texts(language: string, charset: string, names: number): Generator<{ text: string; octets: Buffer }> {
  const display = new Intl.DisplayNames([language], { type: 'region' });
  const words = REGIONS.split(' ').map((region) => display.of(region) ?? region);
  for (let at = 0; at + names <= words.length; at++) {
    const text = words.slice(at, at + names).join(' ');
    const octets = iconv.encode(text, charset);
    if (iconv.decode(octets, charset) === text && octets.some((octet) => octet > 127)) yield { text, octets };
  }
}

const SCRIPTS = [
  ['ru', 'windows-1251'],
  ['ru', 'koi8-r'],
  ['ru', 'iso-8859-5'],
  ['uk', 'windows-1251'],
  ['uk', 'koi8-u'],
  ['bg', 'windows-1251'],
  ['sr', 'windows-1251'],
  ['el', 'iso-8859-7'],
  ['el', 'windows-1253'],
  ['he', 'windows-1255'],
  ['ar', 'windows-1256'],
  ['th', 'windows-874'],
  ['zh-CN', 'gbk'],
  ['zh-TW', 'big5'],
  ['ko', 'euc-kr'],
  ['ja', 'shift_jis'],
  ['ja', 'euc-jp'],
] as const;

const LATIN = [
  ...['fr', 'de', 'es', 'pt', 'sv', 'da', 'fi', 'is', 'it', 'nl', 'nb'].map((language) => [language, 'windows-1252']),
  ...['pl', 'cs', 'hu', 'ro', 'hr', 'sk'].flatMap((language) => [
    [language, 'iso-8859-2'],
    [language, 'windows-1250'],
  ]),
  ['tr', 'iso-8859-9'],
  ['lt', 'windows-1257'],
  ['vi', 'windows-1258'],
] as [string, string][];

describe('octets above 127 that no charset is named for', () => {
  test.each(SCRIPTS)('%s in %s: nearly always read, and never as something else', (language, charset) => {
    let right = 0;
    let all = 0;
    for (const { text, octets } of texts(language, charset, 10)) {
      const guessed = likelyCharset(octets);
      if (guessed !== null) expect(iconv.decode(octets, guessed)).toBe(text);
      all++;
      if (guessed !== null) right++;
    }
    expect(all).toBeGreaterThan(3);
    expect(right / all).toBeGreaterThan(0.85);
  });

  test.each(LATIN)('%s in %s is taken for no other script', (language, charset) => {
    for (const names of [1, 3, 20]) {
      for (const { octets } of texts(language, charset, names)) expect(likelyCharset(octets)).toBeNull();
    }
  });

  test.each([32, 128, 1_000])('of %i octets of noise nothing is made', (length) => {
    for (let seed = 0; seed < 200; seed++) {
      const octets = createHash('shake256', { outputLength: length }).update(`${seed}`).digest();
      expect(likelyCharset(octets)).toBeNull();
      expect(likelyCharset(Buffer.from(octets.map((octet) => octet | 0x80)))).toBeNull();
    }
  });

  test('one short word is no evidence', () => {
    expect(likelyCharset(Buffer.from('\xcf\xd0', 'latin1'))).toBeNull();
    expect(likelyCharset(Buffer.from('all ASCII'))).toBeNull();
  });

  test('the guess is told, with a subject as with a text', () => {
    const words = 'Протокол заседания рабочей группы';
    const message = Buffer.concat([Buffer.from('Subject: '), iconv.encode(words, 'koi8-r'), Buffer.from('\n\nx\n')]);
    const { email, issues } = parseMessage(message);
    expect(email.subject).toBe(words);
    expect(issues).toMatchObject([{ code: 'CHARSET_GUESSED', message: 'No charset is named; read as koi8-r.' }]);
    expect(decodeCharset(iconv.encode(words, 'windows-1251'), null).text).toBe(words);
  });

  test('text far behind the beginning is seen, and a sample that ends within a character is no flaw', () => {
    const long = `${'<p>'.repeat(4_000)}${'会议安排在下周一上午，请各位准时参加。'.repeat(300)}`;
    expect(likelyCharset(iconv.encode(long, 'gbk'))).toBe('gbk');
  });

  test.skipIf(!present)(
    'the corpora’s texts, their labels taken off, are read as they are labelled or not at all',
    () => {
      const wrong: string[] = [];
      let right = 0;
      for (const { name, path } of corpusMessages()) {
        const message = parseMessage(readFileSync(path));
        for (const part of leaves(message.email.bodyStructure)) {
          const label = part.charset?.toLowerCase() ?? '';
          const octets = part.partId === null || !part.type.startsWith('text/') ? null : message.content(part.partId);
          if (octets === null || !KNOWN.test(label) || !Buffer.from(octets).some((octet) => octet > 127)) continue;
          const bytes = Buffer.from(octets);
          const text = iconv.decode(bytes, label);
          if (text.includes('\ufffd')) continue;
          const guessed = likelyCharset(bytes);
          if (guessed === null) continue;
          if (iconv.decode(bytes, guessed) === text) right++;
          else wrong.push(`${name}: ${label} as ${guessed}`);
        }
      }
      expect(wrong).toEqual([]);
      expect(right).toBeGreaterThan(5);
    },
  );
});

const KNOWN = /^(?:iso-8859-\d+|windows-\d+|koi8-[ru]|gb2312|gbk|big5|euc-kr|ks_c_5601-1987|shift_jis|euc-jp)$/;

function* leaves(part: EmailBodyPart): Generator<EmailBodyPart> {
  if (part.subParts === undefined || part.subParts === null) yield part;
  else for (const child of part.subParts) yield* leaves(child);
}
