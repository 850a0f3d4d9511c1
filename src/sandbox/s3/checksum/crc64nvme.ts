import { wordRuns } from './words.ts';

/** CRC-64/NVME (NVM Express NVM Command Set §5.2.1.3.4), reflected. */
export const CRC64NVME_POLYNOMIAL = 0x9a6c9329ac4bc9b5n;

const POLYNOMIAL_HIGH = 0x9a6c9329;
const POLYNOMIAL_LOW = 0xac4bc9b5;

/**
 * Sixteen tables of 256 in one array: eight of low halves, then eight of high ones. A 64-bit number does not fit a
 * double, and BigInt costs fifty times as much, so the halves are kept apart.
 */
const TABLE = fill();

function fill(): Int32Array {
  const table = new Int32Array(16 * 256);
  for (let octet = 0; octet < 256; octet++) {
    let low = octet;
    let high = 0;
    for (let bit = 0; bit < 8; bit++) {
      const carry = low & 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (carry) {
        low ^= POLYNOMIAL_LOW;
        high ^= POLYNOMIAL_HIGH;
      }
    }
    table[octet] = low;
    table[2048 + octet] = high;
  }
  for (let slice = 1; slice < 8; slice++) {
    for (let octet = 0; octet < 256; octet++) {
      const low = table[(slice - 1) * 256 + octet] ?? 0;
      const high = table[2048 + (slice - 1) * 256 + octet] ?? 0;
      table[slice * 256 + octet] = ((low >>> 8) | (high << 24)) ^ (table[low & 0xff] ?? 0);
      table[2048 + slice * 256 + octet] = (high >>> 8) ^ (table[2048 + (low & 0xff)] ?? 0);
    }
  }
  return table;
}

/** A running CRC-64/NVME. */
export class Crc64Nvme {
  /** Low half, high half. */
  readonly #state = new Int32Array([-1, -1]);

  update(data: Uint8Array): this {
    const state = this.#state;
    for (const words of wordRuns(data)) step(words, state);
    let low = state[0] ?? 0;
    let high = state[1] ?? 0;
    for (let at = data.length & ~7; at < data.length; at++) {
      const octet = (low ^ (data[at] ?? 0)) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (TABLE[octet] ?? 0);
      high = (high >>> 8) ^ (TABLE[2048 + octet] ?? 0);
    }
    state[0] = low;
    state[1] = high;
    return this;
  }

  /** Eight octets, most significant first. */
  digest(): Buffer {
    const out = Buffer.allocUnsafe(8);
    out.writeUInt32BE(~(this.#state[1] ?? 0) >>> 0, 0);
    out.writeUInt32BE(~(this.#state[0] ?? 0) >>> 0, 4);
    return out;
  }
}

function step(words: Int32Array, state: Int32Array): void {
  const table = TABLE;
  let low = state[0] ?? 0;
  let high = state[1] ?? 0;
  for (let at = 0; at < words.length; at += 2) {
    const a = low ^ (words[at] ?? 0);
    const b = high ^ (words[at + 1] ?? 0);
    const i7 = 1792 + (a & 0xff);
    const i6 = 1536 + ((a >>> 8) & 0xff);
    const i5 = 1280 + ((a >>> 16) & 0xff);
    const i4 = 1024 + (a >>> 24);
    const i3 = 768 + (b & 0xff);
    const i2 = 512 + ((b >>> 8) & 0xff);
    const i1 = 256 + ((b >>> 16) & 0xff);
    const i0 = b >>> 24;
    low =
      (table[i7] ?? 0) ^
      (table[i6] ?? 0) ^
      (table[i5] ?? 0) ^
      (table[i4] ?? 0) ^
      (table[i3] ?? 0) ^
      (table[i2] ?? 0) ^
      (table[i1] ?? 0) ^
      (table[i0] ?? 0);
    high =
      (table[2048 + i7] ?? 0) ^
      (table[2048 + i6] ?? 0) ^
      (table[2048 + i5] ?? 0) ^
      (table[2048 + i4] ?? 0) ^
      (table[2048 + i3] ?? 0) ^
      (table[2048 + i2] ?? 0) ^
      (table[2048 + i1] ?? 0) ^
      (table[2048 + i0] ?? 0);
  }
  state[0] = low;
  state[1] = high;
}
