import { createHash } from 'node:crypto';
import { recordName } from './central-record.ts';
import type { Directory } from './directory.ts';

/**
 * Which records bear a name an earlier record bears: indices into `positions`. An open-addressed table of 32-bit
 * hashes, because ten million names in a `Set` would not fit. The hash is keyed by the directory's own digest, so that
 * nobody can write names that all fall together and make this quadratic.
 */
export function duplicateNames(directory: Directory): Set<number> {
  const { octets, positions } = directory;
  const duplicates = new Set<number>();
  let slots = 16;
  while (slots < positions.length * 2) slots *= 2;
  const table = new Uint32Array(slots);
  const key = createHash('sha256').update(octets).digest();
  const seed = key.readUInt32LE(0);
  const factor = key.readUInt32LE(4) | 1;
  for (let index = 0; index < positions.length; index += 1) {
    const name = recordName(octets, positions[index] ?? 0);
    let hash = seed;
    for (const octet of name) {
      hash = Math.imul(hash ^ octet, factor);
      hash ^= hash >>> 15;
    }
    let slot = (hash >>> 0) & (slots - 1);
    for (let taken = table[slot] ?? 0; taken !== 0; taken = table[slot] ?? 0) {
      if (recordName(octets, positions[taken - 1] ?? 0).equals(name)) {
        duplicates.add(index);
        break;
      }
      slot = (slot + 1) & (slots - 1);
    }
    if (!duplicates.has(index)) table[slot] = index + 1;
  }
  return duplicates;
}
