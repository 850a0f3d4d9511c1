import type { ByteSource, SourceIdentity } from '../../model/index.ts';

/** A source over a member's octets that are in memory already, under the identity they were fetched with. */
export function heldSource(octets: Uint8Array, identity: SourceIdentity): ByteSource {
  return {
    size: octets.length,
    identity,
    async *read(start, end) {
      // A copy, since callers may transfer what they get.
      if (end > start) yield octets.slice(start, end);
    },
    bytes: async (start, end) => new Uint8Array(octets.subarray(start, end)),
    close: async () => undefined,
  };
}
