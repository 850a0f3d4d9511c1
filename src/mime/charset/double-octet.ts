import iconv from 'iconv-lite';
import { BROKEN, isAsciiLetter, type Likelihood, RARE, STRANGE } from './single-octet.ts';

/** What text of a language is made of, in a charset of two octets a character. */
export interface Ideographs {
  /** The most frequent characters: nearly half of a text. */
  readonly frequent: string;
  /** The first octets of the charset's first level, which holds the characters in common use; and how many those are. */
  readonly common: { readonly from: number; readonly to: number; readonly count: number };
  /** Whether half of a text is kana. */
  readonly kana?: boolean;
  /** Whether 0xA1-0xDF are characters by themselves: half-width katakana. */
  readonly halfWidth?: boolean;
}

const BESIDE_LATIN = Math.log(0.1);
/** Of the characters that are neither frequent nor of the first level, there are some six thousand. */
const UNCOMMON = Math.log(0.02 / 6_000);
const OF_KANA = Math.log(0.5 / 80);
/** Half-width katakana is hardly ever mailed. */
const HALF_WIDTH = Math.log(0.001);
const KANA = /[\u3041-\u30ff]/u;
const MARKS = /[\u3000-\u3011\uff01-\uff1f\u2014\u2018-\u201d\u2026·]/u;
const IDEOGRAPH = /\p{sc=Han}/u;

/** How likely octets are in a charset of two octets a character: by how frequent each is, and what stands beside it. */
export class DoubleOctetText {
  private readonly logarithms = new Float32Array(65_536).fill(BROKEN);
  private readonly halfWidth: boolean;

  constructor(charset: string, { frequent, common, kana = false, halfWidth = false }: Ideographs) {
    this.halfWidth = halfWidth;
    const known = new Set(frequent);
    const ofKnown = Math.log(0.45 / known.size);
    const ofCommon = Math.log(0.53 / common.count);
    const of = (character: string, first: number): number => {
      if (character.includes('\ufffd')) return BROKEN;
      if (known.has(character)) return ofKnown;
      if (first >= common.from && first <= common.to) return ofCommon;
      if (KANA.test(character)) return kana ? OF_KANA : STRANGE;
      return MARKS.test(character) ? RARE : IDEOGRAPH.test(character) ? UNCOMMON : 2 * STRANGE;
    };
    for (let first = 0x81; first < 0xff; first++) {
      const pairs = Buffer.alloc(3 * 191, 10);
      for (let second = 0x40; second < 0xff; second++) pairs.set([first, second], 3 * (second - 0x40));
      for (const [at, character] of iconv.decode(pairs, charset).split('\n').entries()) {
        if (at < 191) this.logarithms[(first << 8) | (at + 0x40)] = of(character, first);
      }
    }
  }

  of(octets: Buffer): Likelihood {
    let logarithm = 0;
    let spoken = 0;
    let ascii = false;
    let wide = false;
    for (let at = 0; at < octets.length; at++) {
      const octet = octets[at] ?? 0;
      if (octet < 0x80) {
        ascii = isAsciiLetter(octet);
        if (ascii && wide) logarithm += BESIDE_LATIN;
        wide = false;
        continue;
      }
      if (ascii) logarithm += BESIDE_LATIN;
      ascii = false;
      wide = true;
      if (this.halfWidth && octet >= 0xa1 && octet <= 0xdf) {
        logarithm += HALF_WIDTH;
        spoken++;
        continue;
      }
      const second = octets[at + 1] ?? 0;
      const pair = this.logarithms[(octet << 8) | second] ?? BROKEN;
      logarithm += pair;
      spoken += pair === BROKEN ? 1 : 2;
      if (pair !== BROKEN) at++;
    }
    return { logarithm, octets: spoken };
  }
}
