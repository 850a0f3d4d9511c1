import { Buffer } from 'node:buffer';
import { type Issue, issue } from '../../../model/index.ts';
import { type Line, lineAt, trimmedEnd } from './line.ts';
import type { DecodedLines } from './uuencoded-lines.ts';

/** POSIX writes 76 characters a line; more than this is no encoder's. */
const LINE_LIMIT = 1_024;
/** A single line that no `====` follows is a word, unless it is as long as encoders write them. */
const CONVINCING_LENGTH = 60;

/**
 * Decodes the lines after `begin-base64` from `start`, up to the line `====`; null where what stands there is prose:
 * words have no multiple of four characters, or a blank between them.
 */
export function decodeBase64Lines(bytes: Uint8Array, start: number): DecodedLines | null {
  let [dataEnd, end, lines, firstLength] = [start, start, 0, 0];
  let ended = false;
  for (let at = start; at < bytes.length && !ended; ) {
    const line = lineAt(bytes, at);
    at = line.next;
    const length = trimmedEnd(bytes, line) - line.start;
    if (length === 0) continue;
    ended = isTerminator(bytes, line, length);
    if (!ended && (length > LINE_LIMIT || !isBase64(bytes, line.start, length))) break;
    end = line.next;
    if (ended) break;
    if (lines++ === 0) firstLength = length;
    dataEnd = line.next;
  }
  if (!ended && (firstLength % 4 !== 0 || (lines < 2 && firstLength < CONVINCING_LENGTH))) return null;
  const issues: Issue[] = [];
  if (!ended) issues.push(issue('PART_TRUNCATED', 'the base64 file has no end line: what is there was decoded'));
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, dataEnd - start).toString('latin1');
  return { bytes: Buffer.from(text, 'base64'), end, issues };
}

function isTerminator(bytes: Uint8Array, line: Line, length: number): boolean {
  return length === 4 && bytes.subarray(line.start, line.start + 4).every((octet) => octet === 0x3d);
}

function isBase64(bytes: Uint8Array, start: number, length: number): boolean {
  for (let at = start; at < start + length; at++) {
    const octet = bytes[at] ?? 0;
    const letter = (octet | 0x20) >= 0x61 && (octet | 0x20) <= 0x7a;
    // Slash and digits; plus; the equals sign that pads.
    if (!letter && !(octet >= 0x2f && octet <= 0x39) && octet !== 0x2b && octet !== 0x3d) return false;
  }
  return true;
}
