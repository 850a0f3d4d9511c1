import iconv from 'iconv-lite';
import type { Letters } from './letters.ts';

/** How likely octets are as text: the natural logarithm, and how many octets above 127 it speaks of. */
export interface Likelihood {
  readonly logarithm: number;
  readonly octets: number;
}

/** What is no character at all in a charset. */
export const BROKEN = -16;
/** A character that text of the language does not hold. */
export const STRANGE = -9;
/** Punctuation, digits, marks: what stands in every text now and then. */
export const RARE = Math.log(0.005);
const UNEXPECTED = Math.log(0.02);

const LETTER = 1;
const CAPITAL = 2;

/**
 * How likely octets are in a charset of one octet a character: by the rank of each letter, by a capital within a word, and
 * by what stands beside it. Letters of a script of its own do not stand beside those of ASCII; the accented letters
 * of western Europe stand beside nothing else.
 */
export class SingleOctetText {
  private readonly logarithms = new Float64Array(128);
  private readonly kinds = new Uint8Array(128);
  private readonly accents: boolean;

  constructor(charset: string, { ranked, others }: Letters, accents = false) {
    this.accents = accents;
    const letters = Array.from(ranked);
    const ranks = new Map(letters.map((letter, rank) => [letter, ofRank(rank, letters.length)]));
    const characters = iconv.decode(Buffer.from(Array.from(this.kinds, (_, at) => at + 128)), charset);
    for (let at = 0; at < 128; at++) {
      const character = characters.charAt(at);
      const lower = character.toLowerCase();
      const rank = ranks.get(lower) ?? (accents ? undefined : ranks.get(lower.normalize('NFD').charAt(0)));
      const other = others.test(character) ? RARE : STRANGE;
      this.logarithms[at] = rank ?? (character === '\ufffd' ? BROKEN : other);
      if (rank !== undefined) this.kinds[at] = character === lower ? LETTER : LETTER | CAPITAL;
    }
  }

  of(octets: Buffer): Likelihood {
    let logarithm = 0;
    let above = 0;
    // Of the octet before: whether it is a letter, of which alphabet, and whether a capital.
    let ascii = false;
    let kind = 0;
    for (const octet of octets) {
      if (octet < 0x80) {
        const letter = isAsciiLetter(octet);
        if (letter && kind !== 0 && !this.accents) logarithm += UNEXPECTED;
        ascii = letter;
        kind = 0;
        continue;
      }
      above++;
      logarithm += this.logarithms[octet - 128] ?? BROKEN;
      const here = this.kinds[octet - 128] ?? 0;
      if (here !== 0) {
        if (this.accents ? kind !== 0 : ascii) logarithm += UNEXPECTED;
        logarithm += ofCase((here & CAPITAL) !== 0, kind);
      }
      ascii = false;
      kind = here;
    }
    return { logarithm, octets: above };
  }
}

export function isAsciiLetter(octet: number): boolean {
  const upper = octet & 0xdf;
  return upper >= 0x41 && upper <= 0x5a;
}

/** Letters by rank follow a logarithmic law (Gusein-Zade): the first of 33 makes a tenth of a text. */
function ofRank(rank: number, letters: number): number {
  return Math.log((Math.log(letters + 1) - Math.log(rank + 1)) / letters);
}

/** Capitals begin words, or stand among capitals. */
function ofCase(capital: boolean, before: number): number {
  if (before === 0) return Math.log(capital ? 0.3 : 0.7);
  if ((before & CAPITAL) !== 0) return Math.log(capital ? 0.3 : 0.7);
  return Math.log(capital ? 0.01 : 0.99);
}
