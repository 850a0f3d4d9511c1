import { throwIfCancelled } from '../model/cancelled.ts';
import { type ByteSource, type JsonObject, MailproofError } from '../model/index.ts';
import { checkRange } from '../model/range.ts';

/** Octets of one chunk of `read`. */
const CHUNK = 1 << 20;

/** A source over octets already in memory: copied out, so that callers may keep or transfer what they get. */
export function memorySource(content: Uint8Array, location = 'memory', details: JsonObject = {}): ByteSource {
  const size = content.length;
  let closed = false;
  function check(start: number, end: number): void {
    if (closed) throw new MailproofError('USAGE', `${location} is closed.`);
    checkRange(start, end, size, location);
  }
  async function* read(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    check(start, end);
    for (let offset = start; offset < end; offset += CHUNK) {
      throwIfCancelled(signal);
      // Not slice(): a Buffer's shares its memory.
      yield new Uint8Array(content.subarray(offset, Math.min(end, offset + CHUNK)));
    }
  }
  return {
    size,
    identity: { location, version: null, etag: null, lastModified: null, details },
    read,
    async bytes(start, end, signal) {
      throwIfCancelled(signal);
      check(start, end);
      return new Uint8Array(content.subarray(start, end));
    },
    async close() {
      closed = true;
    },
  };
}
