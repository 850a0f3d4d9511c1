/**
 * xoshiro128** (Blackman and Vigna), seeded by splitmix32: 32-bit integers only, so that a seed gives the same mailbox
 * on every platform. Not for keys.
 */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number) {
    let state = seed >>> 0;
    const step = () => {
      state = (state + 0x9e3779b9) >>> 0;
      let mixed = state ^ (state >>> 16);
      mixed = Math.imul(mixed, 0x21f0aaad);
      mixed ^= mixed >>> 15;
      mixed = Math.imul(mixed, 0x735a2d97);
      return (mixed ^ (mixed >>> 15)) >>> 0;
    };
    this.#a = step();
    this.#b = step();
    this.#c = step();
    this.#d = step() | 1;
  }

  /** 0 to 2³² − 1. */
  next(): number {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** An integer from 0 to `limit` − 1. */
  below(limit: number): number {
    return Math.floor((this.next() / 4294967296) * limit);
  }

  /** From 0 (included) to 1 (excluded), in steps of 2⁻³². */
  fraction(): number {
    return this.next() / 4294967296;
  }

  /** True in so many cases of one. */
  chance(share: number): boolean {
    return this.fraction() < share;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  bytes(size: number): Buffer {
    const out = Buffer.allocUnsafe(size);
    let at = 0;
    for (; at + 4 <= size; at += 4) out.writeUInt32LE(this.next(), at);
    for (; at < size; at++) out[at] = this.next() & 0xff;
    return out;
  }

  hex(octets: number): string {
    let text = '';
    while (text.length < octets * 2) text += this.next().toString(16).padStart(8, '0');
    return text.slice(0, octets * 2);
  }

  uuid(): string {
    const hex = this.hex(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}
