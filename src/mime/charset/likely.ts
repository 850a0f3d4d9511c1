import iconv from 'iconv-lite';
import { DoubleOctetText } from './double-octet.ts';
import {
  ARABIC,
  CYRILLIC,
  GREEK,
  HEBREW,
  JAPANESE,
  KOREAN,
  SIMPLIFIED,
  THAI,
  TRADITIONAL,
  WESTERN,
} from './letters.ts';
import { type Likelihood, SingleOctetText } from './single-octet.ts';

/** Octets of a text that are looked at, from the first above 127 on. */
const SAMPLE = 2_048;
/** How much likelier than every other charset the best must make the octets: a hundred times, as a natural logarithm. */
const CERTAIN = Math.log(100);
/** What text in any of these languages is at the least, for each octet above 127: noise is less likely. */
const LEAST = -5;

/**
 * The charset in which octets above 127 are likeliest to be text, by how often the letters or characters of each script
 * occur; null where none stands out, where nothing is likely, and where it is one of western Europe. Charsets of central
 * Europe and of Turkish are not told from those: their letters are the same but for a few. `octets` are no UTF-8.
 */
export function likelyCharset(octets: Buffer): string | null {
  const first = octets.findIndex((octet) => octet > 0x7f);
  if (first < 0) return null;
  // What stands before the first of them tells whether it is within a word.
  const from = Math.max(0, first - 1);
  const sample = wholeWords(octets.subarray(from, from + SAMPLE), from + SAMPLE < octets.length);
  candidates ??= CHARSETS.map(([charset, make]) => ({ charset, text: make(charset) }));
  const ranked = candidates
    .map(({ charset, text }) => ({ charset, likelihood: text.of(sample) }))
    .sort((left, right) => right.likelihood.logarithm - left.likelihood.logarithm);
  const [best, ...others] = ranked;
  if (best === undefined || best.charset === 'windows-1252') return null;
  if (best.likelihood.logarithm < LEAST * best.likelihood.octets) return null;
  for (const { charset, likelihood } of others) {
    if (best.likelihood.logarithm - likelihood.logarithm >= CERTAIN) break;
    // Charsets that make the same text of the octets do not contradict each other.
    if (iconv.decode(sample, charset) !== iconv.decode(sample, best.charset)) return null;
  }
  return best.charset;
}

/** A sample may end within a character: it is cut behind the last octet that is a whole one in every charset. */
function wholeWords(sample: Buffer, cut: boolean): Buffer {
  if (!cut) return sample;
  const end = sample.findLastIndex((octet) => octet < 0x40);
  return end > 0 ? sample.subarray(0, end + 1) : sample;
}

interface Text {
  of(octets: Buffer): Likelihood;
}

/** Made when the first text is met that needs them: it takes some hundredths of a second. */
let candidates: readonly { readonly charset: string; readonly text: Text }[] | undefined;

const cyrillic = (charset: string): Text => new SingleOctetText(charset, CYRILLIC);
const greek = (charset: string): Text => new SingleOctetText(charset, GREEK);

/** Of charsets that make the same text, the first is named. */
const CHARSETS: readonly (readonly [string, (charset: string) => Text])[] = [
  ['windows-1252', (charset) => new SingleOctetText(charset, WESTERN, true)],
  ['windows-1251', cyrillic],
  ['koi8-r', cyrillic],
  ['koi8-u', cyrillic],
  ['iso-8859-5', cyrillic],
  ['iso-8859-7', greek],
  ['windows-1253', greek],
  ['windows-1255', (charset) => new SingleOctetText(charset, HEBREW)],
  ['windows-1256', (charset) => new SingleOctetText(charset, ARABIC)],
  ['windows-874', (charset) => new SingleOctetText(charset, THAI)],
  ['gbk', of({ frequent: SIMPLIFIED, common: { from: 0xb0, to: 0xd7, count: 3_755 } })],
  ['big5', of({ frequent: TRADITIONAL, common: { from: 0xa4, to: 0xc6, count: 5_401 } })],
  ['euc-kr', of({ frequent: KOREAN, common: { from: 0xb0, to: 0xc8, count: 2_350 } })],
  [
    'shift_jis',
    of({ frequent: JAPANESE, common: { from: 0x88, to: 0x97, count: 2_965 }, kana: true, halfWidth: true }),
  ],
  ['euc-jp', of({ frequent: JAPANESE, common: { from: 0xb0, to: 0xcf, count: 2_965 }, kana: true })],
];

function of(ideographs: ConstructorParameters<typeof DoubleOctetText>[1]): (charset: string) => Text {
  return (charset) => new DoubleOctetText(charset, ideographs);
}
