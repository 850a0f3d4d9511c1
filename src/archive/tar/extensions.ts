import type { Buffer } from 'node:buffer';
import { readPax } from './pax.ts';

/** What extended headers say of the entry they precede. */
export interface Extensions {
  readonly path: string | null;
  readonly size: number | null;
  readonly modified: number | null;
  readonly sparse: boolean;
  readonly malformed: boolean;
}

export const NO_EXTENSIONS: Extensions = { path: null, size: null, modified: null, sparse: false, malformed: false };

/** The path of a GNU long name, up to its NUL. */
export function gnuPath(content: Buffer): string {
  const end = content.indexOf(0);
  return content.toString('utf8', 0, end < 0 ? content.length : end);
}

/** What a pax header says, over what was said before. */
export function paxExtensions(content: Buffer, before: Extensions): Extensions {
  const { values, malformed } = readPax(content);
  const size = values.get('size');
  const modified = values.get('mtime');
  const sizeValue = size === undefined ? before.size : Number(size);
  return {
    path: values.get('path') ?? before.path,
    size: sizeValue !== null && Number.isSafeInteger(sizeValue) && sizeValue >= 0 ? sizeValue : null,
    modified: modified === undefined ? before.modified : Math.floor(Number(modified)),
    sparse: before.sparse || [...values.keys()].some((key) => key.startsWith('GNU.sparse.')),
    malformed: before.malformed || malformed || (sizeValue !== null && !(sizeValue >= 0)),
  };
}

/** Seconds since 1970 as RFC 3339: unlike zips, tars write UTC. */
export function utc(seconds: number | null): string | null {
  if (seconds === null || !(Math.abs(seconds) <= 253_402_300_799)) return null;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}
