import { Buffer } from 'node:buffer';
import { type Issue, issue } from '../../../model/index.ts';
import { BACKTICK, countOf, decodeLine, type Fitness, fitnessOf } from './data-line.ts';
import { type Line, lineAt, trimmedEnd } from './line.ts';

export interface DecodedLines {
  readonly bytes: Uint8Array;
  /** After the end line and its line break, or after the last line of data where there is no end line. */
  readonly end: number;
  readonly issues: readonly Issue[];
}

/** Times its own size that a file may decode to: lines without their blanks promise up to 45 octets by one character. */
export const EXPANSION_LIMIT = 8;
const EXPANSION_FREE = 65_536;

interface Extent {
  /** Where the lines of data end. */
  readonly dataEnd: number;
  readonly end: number;
  readonly octets: number;
  /** How many lines fit how well. */
  readonly lines: Readonly<Record<Fitness, number>>;
  readonly first: Fitness;
  /** A line that counts nothing was seen, or a blank one where it stood. */
  readonly closed: boolean;
  readonly ended: boolean;
  readonly backticks: boolean;
  readonly limited: boolean;
}

/**
 * Decodes uuencoded lines from `start`; null where what stands there is prose.
 * It is data where the first line is whole, or where whole or closed lines lead to an `end`.
 */
export function decodeUuencodedLines(bytes: Uint8Array, start: number): DecodedLines | null {
  const extent = measure(bytes, start);
  const { lines, ended, closed } = extent;
  if (extent.first !== 'whole' && !(ended && (closed || lines.whole > 0))) return null;
  const target = Buffer.alloc(extent.octets);
  let length = 0;
  for (let line = lineAt(bytes, start); line.start < extent.dataEnd; line = lineAt(bytes, line.next)) {
    if (!isBlank(bytes, line)) length += decodeLine(bytes, line, target, length);
  }
  return { bytes: target, end: extent.end, issues: issuesOf(extent) };
}

/** Walks the lines once without keeping them: a line may be two octets of the input. */
function measure(bytes: Uint8Array, start: number): Extent {
  const lines = { whole: 0, short: 0, damaged: 0, none: 0 };
  let certain = { dataEnd: start, end: start, octets: 0, lines: { ...lines } };
  let first: Fitness = 'none';
  let [dataEnd, end, octets] = [start, start, 0];
  let [closed, blank, ended, backticks, limited] = [false, false, false, false, false];
  for (let at = start; at < bytes.length && !ended; ) {
    const line = lineAt(bytes, at);
    at = line.next;
    ended = isEnd(bytes, line);
    // A line of blanks counts nothing too; it is taken for the last one only where `end` follows.
    if (ended || (isZero(bytes, line) && !isBlank(bytes, line))) {
      closed ||= !ended || blank;
      backticks ||= bytes[line.start] === BACKTICK;
      end = line.next;
      continue;
    }
    blank = isBlank(bytes, line);
    // Gateways double line breaks, and strip the blank that counts nothing.
    if (blank) continue;
    // After the line that counts nothing only `end` may come.
    const fitness = closed ? 'none' : fitnessOf(bytes, line);
    if (fitness === 'none' || (fitness === 'damaged' && octets === 0)) break;
    const most = (line.next - start) * EXPANSION_LIMIT + EXPANSION_FREE;
    limited = octets + (countOf(bytes, line) ?? 0) > most;
    if (limited) break;
    if (octets === 0) first = fitness;
    lines[fitness]++;
    // A line like the first that the end of the octets cuts short is data too, as far as it goes.
    const cut = fitness === 'short' && octets > 0 && line.end === bytes.length && bytes[line.start] === bytes[start];
    octets += cut ? Math.floor(((line.end - line.start - 1) * 3) / 4) : (countOf(bytes, line) ?? 0);
    backticks ||= bytes.subarray(line.start, line.end).includes(BACKTICK);
    dataEnd = line.next;
    end = line.next;
    if (fitness !== 'short' || cut) certain = { dataEnd, end, octets, lines: { ...lines } };
  }
  const extent = { dataEnd, end, octets, lines, first, closed, ended, backticks, limited };
  // Where no end is seen, short lines may be the text after it: `-- ` would count thirteen octets.
  return ended || closed ? extent : { ...extent, ...certain };
}

function issuesOf({ lines, ended, closed, backticks, limited }: Extent): Issue[] {
  const issues: Issue[] = [];
  if (limited)
    issues.push(issue('LIMIT_REACHED', 'the uuencoded lines promise far more than they hold: decoding stopped'));
  else if (!ended && !closed) {
    issues.push(issue('PART_TRUNCATED', 'the uuencoded file has no end line: what is there was decoded'));
  }
  if (lines.damaged > 0) {
    issues.push(issue('EMBEDDED_DAMAGED', `${lines.damaged} uuencoded line(s) hold characters that no encoder writes`));
  }
  // A file written with blanks for zeros may have lost them at the ends of lines; one with backticks has lost data.
  if (lines.short > 0 && backticks) {
    issues.push(
      issue('EMBEDDED_DAMAGED', `${lines.short} uuencoded line(s) are shorter than they say: zeros were put`),
    );
  }
  return issues;
}

function isBlank(bytes: Uint8Array, line: Line): boolean {
  return trimmedEnd(bytes, line) === line.start;
}

/** A line that counts no octets: a backtick or one blank, perhaps with a check character. */
function isZero(bytes: Uint8Array, line: Line): boolean {
  return countOf(bytes, line) === 0 && trimmedEnd(bytes, line) - line.start <= 2;
}

function isEnd(bytes: Uint8Array, line: Line): boolean {
  if (trimmedEnd(bytes, line) - line.start !== 3) return false;
  return bytes[line.start] === 0x65 && bytes[line.start + 1] === 0x6e && bytes[line.start + 2] === 0x64;
}
