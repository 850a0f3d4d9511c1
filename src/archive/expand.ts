import type { Buffer } from 'node:buffer';
import { constants, inflateRawSync } from 'node:zlib';

export interface Expanded {
  /** All of it, or the prefix that could be read; null where nothing could, or where it would not end. */
  readonly bytes: Buffer | null;
  /** Stored octets used. */
  readonly consumed: number;
  /** `cut`: the input ends before the data does. `damaged`: no DEFLATE data from there on. `exceeded`: beyond the limit. */
  readonly state: 'whole' | 'cut' | 'damaged' | 'exceeded';
}

/** A chunk where the true size is not known. */
const RETRY_CHUNK = 64 * 1024;

interface InflateInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** What `info: true` makes zlib return (nodejs.org/api/zlib.html#class-options); its types know only the plain form. */
function isInflateInfo(result: unknown): result is InflateInfo {
  return typeof result === 'object' && result !== null && 'buffer' in result && 'engine' in result;
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** One attempt; throws zlib's error. `partial` takes an input that is cut off for what it is. */
function inflate(data: Uint8Array, chunkSize: number, maximum: number, partial: boolean): InflateInfo {
  const result: unknown = inflateRawSync(data, {
    info: true,
    chunkSize: Math.max(64, chunkSize),
    maxOutputLength: Math.max(1, maximum),
    finishFlush: partial ? constants.Z_SYNC_FLUSH : constants.Z_FINISH,
  });
  if (!isInflateInfo(result)) throw new TypeError('zlib returned no info');
  return result;
}

/**
 * What can be read before the damage. zlib's one-shot call gives nothing back on an error, so the longest input it
 * takes is found by halving: at most 25 further calls, for damaged entries only.
 */
function readablePrefix(data: Uint8Array, limit: number): Expanded {
  let good = 0;
  let bad = data.length + 1;
  let best: Buffer | null = null;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    try {
      best = inflate(data.subarray(0, middle), RETRY_CHUNK, limit, true).buffer;
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return { bytes: best !== null && best.length > 0 ? best : null, consumed: good, state: 'damaged' };
}

/**
 * Expands raw DEFLATE data (RFC 1951) that is expected to give `expected` octets. One output buffer of that size and
 * one octet, so that zlib sees the end without a second buffer, and an output that does not stop is stopped.
 * @param limit no more than so many octets are ever made
 */
export function expandDeflated(data: Uint8Array, expected: number, limit: number): Expanded {
  const sized = Math.min(expected, limit);
  const first = tryWhole(data, sized + 1, sized + 1, limit);
  if (first !== 'too large') return first;
  // The declared size is wrong: see what there really is, in pieces, up to the limit.
  const second = sized >= limit ? first : tryWhole(data, RETRY_CHUNK, limit, limit);
  return second === 'too large' ? { bytes: null, consumed: data.length, state: 'exceeded' } : second;
}

function tryWhole(data: Uint8Array, chunkSize: number, maximum: number, limit: number): Expanded | 'too large' {
  try {
    const { buffer, engine } = inflate(data, chunkSize, maximum, false);
    return { bytes: buffer, consumed: engine.bytesWritten, state: 'whole' };
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ERR_BUFFER_TOO_LARGE') return 'too large';
    if (code === 'Z_BUF_ERROR') return cut(data, limit);
    if (code === 'Z_DATA_ERROR' || code === 'Z_NEED_DICT') return readablePrefix(data, limit);
    throw error;
  }
}

/** Data that ends too early: what there is of it. */
function cut(data: Uint8Array, limit: number): Expanded {
  if (data.length === 0) return { bytes: null, consumed: 0, state: 'cut' };
  try {
    const { buffer, engine } = inflate(data, RETRY_CHUNK, limit, true);
    return { bytes: buffer.length > 0 ? buffer : null, consumed: engine.bytesWritten, state: 'cut' };
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') return { bytes: null, consumed: data.length, state: 'exceeded' };
    return readablePrefix(data, limit);
  }
}
