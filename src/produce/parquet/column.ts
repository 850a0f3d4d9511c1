import { i32, struct, structOctets, variable } from './thrift.ts';

export type ColumnType = 'text' | 'number' | 'boolean' | 'moment';
/** Milliseconds since 1970 for a moment. */
export type ColumnValue = string | number | boolean | null;

/** Parquet's physical types, by their numbers in parquet.thrift. */
export const PHYSICAL: { readonly [type in ColumnType]: number } = { boolean: 0, number: 2, moment: 2, text: 6 };
/** ConvertedType: UTF8, TIMESTAMP_MILLIS. */
export const CONVERTED: { readonly [type in ColumnType]: number | null } = {
  boolean: null,
  number: null,
  moment: 9,
  text: 0,
};

const PLAIN = 0;
const RLE = 3;
/** Which values are there: one bit a value in one bit-packed run, preceded by its length. */
function definitionLevels(values: readonly ColumnValue[]): Buffer {
  const bits = Buffer.alloc(Math.ceil(values.length / 8));
  for (const [at, value] of values.entries())
    if (value !== null) bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
  const run = Buffer.concat([variable((bits.length << 1) | 1), bits]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(run.length);
  return Buffer.concat([length, run]);
}

/** Parquet's PLAIN encoding of the values that are there. */
function plain(type: ColumnType, values: readonly ColumnValue[]): Buffer {
  const present = values.filter((value) => value !== null);
  if (type === 'text') {
    const pieces: Buffer[] = [];
    for (const value of present) {
      const octets = Buffer.from(String(value), 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32LE(octets.length);
      pieces.push(length, octets);
    }
    return Buffer.concat(pieces);
  }
  if (type === 'boolean') {
    const bits = Buffer.alloc(Math.ceil(present.length / 8));
    for (const [at, value] of present.entries())
      if (value === true) bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
    return bits;
  }
  const octets = Buffer.alloc(present.length * 8);
  for (const [at, value] of present.entries()) octets.writeBigInt64LE(BigInt(Math.trunc(Number(value))), at * 8);
  return octets;
}

/**
 * A column's values as one data page: its header and its octets. Not compressed: what zlib makes of them differs from version
 * to version, and the same production must be the same octets.
 */
export function columnPage(type: ColumnType, values: readonly ColumnValue[]): Buffer {
  const page = Buffer.concat([definitionLevels(values), plain(type, values)]);
  const header = structOctets([
    [1, i32(0)],
    [2, i32(page.length)],
    [3, i32(page.length)],
    [
      5,
      struct([
        [1, i32(values.length)],
        [2, i32(PLAIN)],
        [3, i32(RLE)],
        [4, i32(RLE)],
      ]),
    ],
  ]);
  return Buffer.concat([header, page]);
}
