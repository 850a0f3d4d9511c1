import { createGunzip } from 'node:zlib';
import type { Finding } from '../../model/index.ts';
import { expandStream } from '../inflate-stream.ts';
import { LIMITS } from '../limits.ts';

export interface GunzipReport {
  readonly findings: Finding[];
}

/**
 * Expands gzip (RFC 1952), members one after the other. zlib checks each member's CRC-32 and size; what is damaged, cut off or
 * appended becomes a finding, and all the octets of the input are read, unless `toTheEnd` is unset.
 */
export async function* gunzip(
  input: AsyncIterable<Uint8Array>,
  size: number,
  report: GunzipReport,
  toTheEnd = true,
): AsyncGenerator<Uint8Array> {
  const octets = input[Symbol.asyncIterator]();
  // Kept open behind zlib's back, so that octets after the end are seen too.
  const shared: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => ({ next: () => octets.next() }) };
  try {
    const outcome = yield* expandStream(shared, createGunzip({ chunkSize: LIMITS.chunkBytes }));
    if (outcome.state !== 'whole')
      report.findings.push({
        check: outcome.state === 'cut' ? 'archive-truncated' : 'archive-damaged',
        severity: 'error',
        message: `The gzip data ${outcome.state === 'cut' ? 'breaks off' : 'is damaged'}; ${outcome.size} octets could be expanded.`,
        range: [outcome.consumed, size],
      });
    else if (outcome.consumed < size)
      report.findings.push({
        check: 'archive-damaged',
        severity: 'error',
        message: `${size - outcome.consumed} octets follow the end of the gzip data.`,
        range: [outcome.consumed, size],
      });
    if (toTheEnd) for (let next = await octets.next(); next.done !== true; next = await octets.next());
  } finally {
    await octets.return?.();
  }
}
