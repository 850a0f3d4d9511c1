import iconv from 'iconv-lite';
import type { Note } from './exceptions.ts';
import type { TableEncoding } from './options.ts';

/** How a table's text becomes octets. */
export interface TextEncoder {
  /** The byte order mark; empty where there is none. */
  readonly mark: Uint8Array;
  encode(text: string): Buffer;
  /** The text with what the encoding cannot carry replaced, each replacement noted. */
  carried(text: string, column: string, note: Note): string;
}

const SURROGATE = /\p{Surrogate}/gu;
const ASCII = /^\p{ASCII}*$/u;

/** A lone surrogate is no character: no encoding carries it. */
function wellFormed(text: string, column: string, note: Note): string {
  if (ASCII.test(text) || text.search(SURROGATE) < 0) return text;
  note(column, 'CHARACTER_UNMAPPED', 'half of a surrogate pair: written as U+FFFD');
  return text.replace(SURROGATE, '\ufffd');
}

/** At most so many different characters are named in one note. */
const NAMED = 8;

function inWindows1252(text: string, column: string, note: Note): string {
  if (ASCII.test(text)) return text;
  const lost = new Set<string>();
  let kept = '';
  for (const character of text) {
    const back = iconv.decode(iconv.encode(character, 'windows-1252'), 'windows-1252');
    if (back === character) kept += character;
    else {
      lost.add(character);
      kept += '?';
    }
  }
  if (lost.size === 0) return text;
  const names = [...lost]
    .slice(0, NAMED)
    .map((character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`);
  const more = lost.size > NAMED ? ` and ${lost.size - NAMED} more` : '';
  note(column, 'CHARACTER_UNMAPPED', `${names.join(' ')}${more}: written as "?"`);
  return kept;
}

const utf8 = { encode: (text: string) => Buffer.from(text, 'utf8'), carried: wellFormed };

const ENCODERS: { readonly [encoding in TableEncoding]: TextEncoder } = {
  'utf-8': { ...utf8, mark: Buffer.alloc(0) },
  'utf-8-bom': { ...utf8, mark: Buffer.from([0xef, 0xbb, 0xbf]) },
  'utf-16le': {
    mark: Buffer.from([0xff, 0xfe]),
    encode: (text) => Buffer.from(text, 'utf16le'),
    carried: wellFormed,
  },
  'windows-1252': {
    mark: Buffer.alloc(0),
    encode: (text) => iconv.encode(text, 'windows-1252'),
    carried: inWindows1252,
  },
};

export const encoderOf = (encoding: TableEncoding): TextEncoder => ENCODERS[encoding];
