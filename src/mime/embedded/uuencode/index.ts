import { Buffer } from 'node:buffer';
import type { Issue } from '../../../model/index.ts';
import { decodeBase64Lines } from './base64-lines.ts';
import { readBeginLine } from './begin-line.ts';
import { lineAt, startsLine } from './line.ts';
import { decodeUuencodedLines } from './uuencoded-lines.ts';

/** A file between `begin` and `end` in a text. */
export interface UuencodedFile {
  /** Offset of its begin line. */
  readonly start: number;
  /** Offset after its end line and that line's break: what is left without `start` to `end` is the text. */
  readonly end: number;
  readonly name: string;
  /** Permission bits as they stood, in octal digits. */
  readonly mode: string;
  readonly bytes: Uint8Array;
  readonly issues: readonly Issue[];
}

/**
 * Finds the files in a text that are uuencoded, or in base64 after `begin-base64` (POSIX.1-2017, uuencode), in order.
 * Prose that only talks of `begin 644` is none. One pass: a place that is no file costs the lines looked at,
 * and none of those can be a begin line, since the characters of data are upper case.
 */
export function findUuencoded(bytes: Uint8Array): UuencodedFile[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files: UuencodedFile[] = [];
  let at = text.indexOf('begin');
  while (at >= 0) {
    const file = startsLine(bytes, at) ? readFile(bytes, at) : null;
    if (file !== null) files.push(file);
    at = text.indexOf('begin', file === null ? at + 5 : file.end);
  }
  return files;
}

function readFile(bytes: Uint8Array, start: number): UuencodedFile | null {
  const line = lineAt(bytes, start);
  const begin = readBeginLine(bytes, line);
  if (begin === null) return null;
  const { encoding, mode, name } = begin;
  const decoded = encoding === 'base64' ? decodeBase64Lines(bytes, line.next) : decodeUuencodedLines(bytes, line.next);
  return decoded === null
    ? null
    : { start, end: decoded.end, name, mode, bytes: decoded.bytes, issues: decoded.issues };
}
