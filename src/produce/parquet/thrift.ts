/** Thrift's compact protocol, as far as a Parquet footer needs it. Types are those of the protocol's specification. */
const TYPE = { true: 1, false: 2, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

export type ThriftValue =
  | { readonly type: 'i32' | 'i64'; readonly value: number }
  | { readonly type: 'binary'; readonly value: string }
  | { readonly type: 'list'; readonly of: 'i32' | 'binary' | 'struct'; readonly value: readonly ThriftValue[] }
  | { readonly type: 'struct'; readonly fields: ThriftFields };

/** Fields of a struct by their ids, rising. */
export type ThriftFields = readonly (readonly [id: number, value: ThriftValue])[];

export const i32 = (value: number): ThriftValue => ({ type: 'i32', value });
export const i64 = (value: number): ThriftValue => ({ type: 'i64', value });
export const text = (value: string): ThriftValue => ({ type: 'binary', value });
export const struct = (fields: ThriftFields): ThriftValue => ({ type: 'struct', fields });
export const list = (of: 'i32' | 'binary' | 'struct', value: readonly ThriftValue[]): ThriftValue => ({
  type: 'list',
  of,
  value,
});

/** An unsigned number in groups of seven bits, the lowest first. */
export function variable(value: number): Buffer {
  const octets: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    octets.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  octets.push(rest);
  return Buffer.from(octets);
}

/** Signed numbers alternate: 0, -1, 1, -2. No number here is beyond 2^52. */
const zigzag = (value: number): Buffer => variable(value < 0 ? -2 * value - 1 : 2 * value);

function valueOctets(value: ThriftValue): Buffer {
  switch (value.type) {
    case 'i32':
    case 'i64':
      return zigzag(value.value);
    case 'binary': {
      const octets = Buffer.from(value.value, 'utf8');
      return Buffer.concat([variable(octets.length), octets]);
    }
    case 'list': {
      const { length } = value.value;
      const head =
        length < 15
          ? Buffer.from([(length << 4) | TYPE[value.of]])
          : Buffer.concat([Buffer.from([0xf0 | TYPE[value.of]]), variable(length)]);
      return Buffer.concat([head, ...value.value.map(valueOctets)]);
    }
    case 'struct':
      return structOctets(value.fields);
  }
}

/** A struct: each field's distance from the last one and its type, its value, and a zero at the end. */
export function structOctets(fields: ThriftFields): Buffer {
  const pieces: Buffer[] = [];
  let last = 0;
  for (const [id, value] of fields) {
    pieces.push(Buffer.from([((id - last) << 4) | TYPE[value.type]]), valueOctets(value));
    last = id;
  }
  pieces.push(Buffer.from([0]));
  return Buffer.concat(pieces);
}
