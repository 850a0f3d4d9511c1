/** A WebAssembly instruction, or several, as octets. */
export type Code = readonly number[];

/** An unsigned number in LEB128. */
export function unsigned(value: number): number[] {
  const octets: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    octets.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return octets;
}

/** A signed number in LEB128. */
export function signed(value: number): number[] {
  const octets: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const low = rest & 0x7f;
    const ends = rest >> 6 === 0 || rest >> 6 === -1;
    octets.push(ends ? low : low | 0x80);
    if (ends) return octets;
  }
}

/** Value types. */
export const I32 = 0x7f;
export const V128 = 0x7b;

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
export const i32 = (value: number): Code => [0x41, ...signed(value)];
export const addI32 = (left: Code, right: Code): Code => [...left, ...right, 0x6a];
/** Runs `body` again as long as the i32 that `condition` leaves is not zero; at least once. */
export const repeatWhile = (body: Code, condition: Code): Code => [0x03, 0x40, ...body, ...condition, 0x0d, 0, 0x0b];

const simd = (operation: number): Code => [0xfd, ...unsigned(operation)];
const binary =
  (operation: number) =>
  (left: Code, right: Code): Code => [...left, ...right, ...simd(operation)];

/** Sixteen octets at an address, which need not be aligned. */
export const load = (address: Code, offset: number): Code => [...address, ...simd(0), 0, ...unsigned(offset)];
export const store = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  ...simd(11),
  0,
  ...unsigned(offset),
];
/** Four 32-bit lanes picked from the eight of two vectors. */
export const shuffle = (left: Code, right: Code, lanes: readonly number[]): Code => [
  ...left,
  ...right,
  ...simd(13),
  ...lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
];
export const and = binary(78);
/** `left` and not `right`. */
export const andNot = binary(79);
export const or = binary(80);
export const xor = binary(81);
export const add = binary(174);
export const subtract = binary(177);
export const shiftLeft = (value: Code, bits: number): Code => [...value, ...i32(bits), ...simd(171)];
export const shiftRight = (value: Code, bits: number): Code => [...value, ...i32(bits), ...simd(173)];

const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
const name = (text: string): Code => [text.length, ...[...text].map((letter) => letter.charCodeAt(0))];

/** A module of one function, exported as `run`, over an imported memory `host.memory` of so many pages of 64 KiB. */
export function moduleOf(
  parameters: readonly number[],
  locals: readonly (readonly [number, number])[],
  body: Code,
  pages: number,
): Uint8Array {
  const declared = locals.flatMap(([count, type]) => [...unsigned(count), type]);
  const code = [...unsigned(locals.length), ...declared, ...body, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, ...unsigned(parameters.length), ...parameters, 0]),
    ...section(2, [1, ...name('host'), ...name('memory'), 0x02, 0x01, ...unsigned(pages), ...unsigned(pages)]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name('run'), 0x00, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}
