import { wordRuns } from './words.ts';

/** CRC-32C (Castagnoli, RFC 3720 §12.1), reflected. */
export const CRC32C_POLYNOMIAL = 0x82f63b78n;

/** Eight tables of 256 in one array: eight octets a step. */
const TABLE = fill();

function fill(): Int32Array {
  const table = new Int32Array(8 * 256);
  for (let octet = 0; octet < 256; octet++) {
    let value = octet;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
    table[octet] = value;
  }
  for (let at = 256; at < table.length; at++) {
    const value = table[at - 256] ?? 0;
    table[at] = (value >>> 8) ^ (table[value & 0xff] ?? 0);
  }
  return table;
}

/** CRC-32C of `data`, going on from `previous` (0 at the start); unsigned. */
export function crc32c(data: Uint8Array, previous = 0): number {
  let crc = ~previous;
  for (const words of wordRuns(data)) crc = step(words, crc);
  for (let at = data.length & ~7; at < data.length; at++)
    crc = (crc >>> 8) ^ (TABLE[(crc ^ (data[at] ?? 0)) & 0xff] ?? 0);
  return ~crc >>> 0;
}

function step(words: Int32Array, previous: number): number {
  const table = TABLE;
  let crc = previous;
  for (let at = 0; at < words.length; at += 2) {
    const low = crc ^ (words[at] ?? 0);
    const high = words[at + 1] ?? 0;
    crc =
      (table[1792 + (low & 0xff)] ?? 0) ^
      (table[1536 + ((low >>> 8) & 0xff)] ?? 0) ^
      (table[1280 + ((low >>> 16) & 0xff)] ?? 0) ^
      (table[1024 + (low >>> 24)] ?? 0) ^
      (table[768 + (high & 0xff)] ?? 0) ^
      (table[512 + ((high >>> 8) & 0xff)] ?? 0) ^
      (table[256 + ((high >>> 16) & 0xff)] ?? 0) ^
      (table[high >>> 24] ?? 0);
  }
  return crc;
}
