import { Buffer } from 'node:buffer';
import type { Issue } from '../../../model/index.ts';
import { startsLine } from '../uuencode/line.ts';
import { decodeYencData } from './data.ts';
import { judge } from './judgement.ts';
import { keywordsOf, lineAfter, numberOf } from './keyword-line.ts';

export interface YencPart {
  readonly number: number;
  readonly total: number | null;
  /** Offsets of its first and last octet within the whole file, from 1. */
  readonly begin: number;
  readonly end: number;
}

/** A file, or a part of one, between `=ybegin` and `=yend`. */
export interface YencFile {
  /** Offset of its =ybegin line. */
  readonly start: number;
  /** Offset after its =yend line and that line's break. */
  readonly end: number;
  readonly name: string;
  /** Octets of the whole file, as =ybegin says. */
  readonly size: number;
  readonly part: YencPart | null;
  readonly bytes: Uint8Array;
  readonly issues: readonly Issue[];
}

/**
 * Finds yEnc (revision 1.3) in the octets of a body, in order. They must be the octets as they came:
 * decoding a charset destroys the encoding. Linear; output is never larger than the input.
 */
export function findYenc(bytes: Uint8Array): YencFile[] {
  const octets = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files: YencFile[] = [];
  let at = nextLineWith(octets, '=ybegin ', 0);
  while (at >= 0) {
    const file = readFile(octets, at);
    if (file !== null) files.push(file);
    at = nextLineWith(octets, '=ybegin ', file === null ? at + 8 : file.end);
  }
  return files;
}

function readFile(octets: Buffer, start: number): YencFile | null {
  const begin = keywordsOf(octets, start);
  const name = begin.get('name');
  const size = numberOf(begin.get('size'));
  // Prose about yEnc names the keyword, but not all three of its parameters.
  if (name === undefined || size === null || numberOf(begin.get('line')) === null) return null;
  const firstLine = lineAfter(octets, start);
  const number = numberOf(begin.get('part'));
  const hasPartLine = octets.toString('latin1', firstLine, firstLine + 7) === '=ypart ';
  const range = hasPartLine ? keywordsOf(octets, firstLine) : new Map<string, string>();
  const from = numberOf(range.get('begin')) ?? 1;
  const to = numberOf(range.get('end')) ?? size;
  const isPart = number !== null || hasPartLine;
  const part = isPart ? { number: number ?? 1, total: numberOf(begin.get('total')), begin: from, end: to } : null;
  const expected = part === null ? size : Math.max(0, part.end - part.begin + 1);
  const dataStart = hasPartLine ? lineAfter(octets, firstLine) : firstLine;
  const next = nextLineWith(octets, '=ybegin ', dataStart);
  const limit = next < 0 ? octets.length : next;
  const close = nextLineWith(octets, '=yend', dataStart, limit);
  const dataEnd = close < 0 ? limit : close;
  // Without an end line the data would run into the text after it: its announced size ends it.
  const { bytes, read } = decodeYencData(octets, dataStart, dataEnd, close < 0 ? expected : null);
  const end = close < 0 ? read : lineAfter(octets, close);
  const trailer = close < 0 ? null : keywordsOf(octets, close);
  return { start, end, name, size, part, bytes, issues: judge(bytes, expected, part !== null, trailer) };
}

/** Where a line begins with `keyword`, at `from` or after and before `limit`; -1 where none does. */
function nextLineWith(octets: Buffer, keyword: string, from: number, limit = octets.length): number {
  // The search goes no further than `limit`: many begin lines without an end line must not each read the whole text.
  const within = octets.subarray(0, limit);
  let at = within.indexOf(keyword, from, 'latin1');
  while (at >= 0 && !startsLine(octets, at)) at = within.indexOf(keyword, at + 1, 'latin1');
  return at;
}
