import {
  add,
  addI32,
  and,
  andNot,
  type Code,
  get,
  I32,
  i32,
  load,
  moduleOf,
  or,
  repeatWhile,
  set,
  shiftLeft,
  shiftRight,
  shuffle,
  store,
  subtract,
  V128,
  xor,
} from './assembler.ts';

/** Messages digested side by side: the 32-bit lanes of a vector. */
export const LANES = 4;
/** Octets of MD5's block (RFC 1321 §3.4). */
export const BLOCK = 64;
/** The state that a message begins with (RFC 1321 §3.3). */
export const INITIAL_STATE: readonly number[] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];

/** Rotations of the four rounds; each repeats its four (RFC 1321 §3.4). */
const ROTATIONS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;
/** Which word of the block a step takes: `factor * step + first`, modulo 16. */
const WORDS = [
  [1, 0],
  [5, 1],
  [3, 5],
  [7, 0],
] as const;

/** T[step + 1] of RFC 1321, of which the last round's are one less: see `mixed`. */
export const sineTable = (): Uint32Array =>
  Uint32Array.from(
    { length: 64 },
    (_, step) => Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32) - (step < 48 ? 0 : 1),
  );

// Parameters: where each lane's octets are, and how many blocks. Then vectors: a, b, c, d, and a block's 16 words of each lane.
const COUNT = LANES;
const STATE = COUNT + 1;
const WORD = STATE + 4;
/** The state at the beginning of the block, then four rows being transposed. */
const SAVED = WORD + 16;
const ROW = SAVED + 4;

/** Sixteen octets of each lane become four words of all lanes: a transposition in eight shuffles. */
function transposed(quarter: number): Code {
  const rows = [0, 1, 2, 3].flatMap((lane) => set(ROW + lane, load(get(lane), 16 * quarter)));
  const low = (at: number) => shuffle(get(ROW + at), get(ROW + at + 1), [0, 4, 1, 5]);
  const high = (at: number) => shuffle(get(ROW + at), get(ROW + at + 1), [2, 6, 3, 7]);
  const word = WORD + 4 * quarter;
  const halves = [low(0), low(2), high(0), high(2)].flatMap((code, at) => set(ROW + 4 + at, code));
  const words = [0, 1, 2, 3].flatMap((at) => {
    const from = ROW + 4 + (at < 2 ? 0 : 2);
    return set(word + at, shuffle(get(from), get(from + 1), at % 2 === 0 ? [0, 1, 4, 5] : [2, 3, 6, 7]));
  });
  return [...rows, ...halves, ...words];
}

/**
 * `sum` and the round's function of b, c and d, written so that little is left to do once b, the step before's result, is
 * there: that chain is what limits MD5, not the number of instructions.
 */
function mixed(round: number, sum: Code, b: Code, c: Code, d: Code): Code {
  // (b and c) or (not b and d); no bit is in both, so that two additions do.
  if (round === 0) return add(add(sum, andNot(d, b)), and(b, c));
  // (b and d) or (c and not d)
  if (round === 1) return add(add(sum, andNot(c, d)), and(b, d));
  if (round === 2) return add(sum, xor(b, xor(c, d)));
  // c xor (b or not d) is not (c xor (d and not b)), and to add "not x" is to subtract x and 1: the table holds the 1.
  return subtract(sum, xor(c, andNot(d, b)));
}

function step(number: number, table: number): Code {
  const round = number >> 4;
  // The four names move by one each step; the values stay where they are.
  const place = (offset: number) => STATE + ((offset - number) & 3);
  const [a, b, c, d] = [place(0), place(1), place(2), place(3)];
  const [factor = 1, first = 0] = WORDS[round] ?? [];
  const rotation = ROTATIONS[round]?.[number & 3] ?? 0;
  const word = WORD + ((factor * number + first) & 15);
  const sum = add(add(get(a), get(word)), load(i32(0), table + 16 * number));
  return [
    ...set(a, mixed(round, sum, get(b), get(c), get(d))),
    ...set(a, add(get(b), or(shiftLeft(get(a), rotation), shiftRight(get(a), 32 - rotation)))),
  ];
}

/**
 * The module: `run(address of lane 0 … 3, blocks)` takes so many blocks of each lane into the state. At `state` lie the four
 * words of the state, each of all lanes; at `table` the sine table, each word four times.
 */
export function md5Module(state: number, table: number, pages: number): Uint8Array {
  const places = [0, 1, 2, 3];
  const steps = Array.from({ length: 64 }, (_, number) => step(number, table)).flat();
  const block: Code = [
    ...places.flatMap(transposed),
    ...places.flatMap((at) => set(SAVED + at, get(STATE + at))),
    ...steps,
    ...places.flatMap((at) => set(STATE + at, add(get(STATE + at), get(SAVED + at)))),
    ...places.flatMap((lane) => set(lane, addI32(get(lane), i32(BLOCK)))),
    ...set(COUNT, addI32(get(COUNT), i32(-1))),
  ];
  const body: Code = [
    ...places.flatMap((at) => set(STATE + at, load(i32(0), state + 16 * at))),
    ...repeatWhile(block, get(COUNT)),
    ...places.flatMap((at) => store(i32(0), state + 16 * at, get(STATE + at))),
  ];
  return moduleOf([I32, I32, I32, I32, I32], [[4 + 16 + 4 + 8, V128]], body, pages);
}
