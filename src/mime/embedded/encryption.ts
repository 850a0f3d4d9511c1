import type { Leaf } from '../body/leaf.ts';
import type { MimeLimits } from '../limits.ts';

const ARMOUR = '-----BEGIN PGP MESSAGE-----';

/** Flags what cannot be read without a key: PGP/MIME (RFC 3156 §4) and PGP within text. S/MIME is flagged where it is read. */
export function encryptionFaults(leaf: Leaf, octetsOf: (leaf: Leaf) => Buffer | null, limits: MimeLimits): void {
  const { part, head } = leaf;
  if (part.type === 'application/pgp-encrypted') {
    part.faults.add('ENCRYPTED', 'The message is encrypted with PGP and was not read.');
    return;
  }
  if (head.toString('latin1').startsWith(ARMOUR)) {
    part.faults.add('ENCRYPTED', 'The part is encrypted with PGP and was not read.');
    return;
  }
  if (part.type !== 'text/plain' || part.disposition === 'attachment') return;
  const octets = octetsOf(leaf)?.subarray(0, limits.maxTextBytes);
  if (octets?.includes(`\n${ARMOUR}`, 0, 'latin1') === true) {
    part.faults.add('ENCRYPTED', 'The text holds a PGP message, which was not read.');
  }
}
