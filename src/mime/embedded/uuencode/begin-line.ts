import { Buffer } from 'node:buffer';
import { type Line, trimmedEnd } from './line.ts';

export interface BeginLine {
  readonly encoding: 'uuencode' | 'base64';
  /** The permission bits as they stood: `644`. */
  readonly mode: string;
  readonly name: string;
}

/** A name longer than any file system takes is prose. */
const LINE_LIMIT = 1_024;
const FORM = /^begin(-base64)?(-encoded)? ([0-7]{3,6})[ \t]+(.+)$/;

/** Reads `begin 644 name` and its relatives (`begin-base64`; GNU's `-encoded`, whose name is in base64); null for anything else. */
export function readBeginLine(bytes: Uint8Array, line: Line): BeginLine | null {
  if (line.end - line.start > LINE_LIMIT) return null;
  const text = Buffer.from(bytes.subarray(line.start, trimmedEnd(bytes, line))).toString('latin1');
  const match = FORM.exec(text);
  const mode = match?.[3];
  const rawName = match?.[4];
  if (match === null || mode === undefined || rawName === undefined) return null;
  const octets = Buffer.from(rawName, match[2] === undefined ? 'latin1' : 'base64');
  const name = decodeName(octets);
  return name === '' ? null : { encoding: match[1] === undefined ? 'uuencode' : 'base64', mode, name };
}

/** UTF-8 where it is that, else Latin-1: uuencode names no charset. */
export function decodeName(octets: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    return Buffer.from(octets).toString('latin1');
  }
}
