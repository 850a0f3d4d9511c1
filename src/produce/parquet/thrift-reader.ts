/** A value of Thrift's compact protocol, whatever it is: a struct is its fields by id. */
export type Thrift = number | boolean | Uint8Array | readonly Thrift[] | ThriftStruct;
export interface ThriftStruct {
  readonly fields: ReadonlyMap<number, Thrift>;
}

/** Structs within structs, and items of a list: a damaged footer must end the reading, not the memory or the stack. */
const DEPTH = 32;
const ITEMS = 10_000_000;

/** Reads structs of Thrift's compact protocol. Throws RangeError for octets that are none. */
export class ThriftReader {
  readonly #octets: Buffer;
  at: number;

  constructor(octets: Uint8Array, at = 0) {
    this.#octets = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
    this.at = at;
  }

  #octet(): number {
    const octet = this.#octets[this.at++];
    if (octet === undefined) throw new RangeError('the structure is cut');
    return octet;
  }

  /** An unsigned number in groups of seven bits. */
  variable(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 63; scale *= 128) {
      const octet = this.#octet();
      value += (octet & 0x7f) * scale;
      if (octet < 0x80) return value;
    }
    throw new RangeError('a number is too long');
  }

  #signed(): number {
    const value = this.variable();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #value(type: number, depth: number): Thrift {
    if (depth > DEPTH) throw new RangeError('structures lie too deep');
    switch (type) {
      case 1:
        return true;
      case 2:
        return false;
      case 3:
        return this.#octet();
      case 4:
      case 5:
      case 6:
        return this.#signed();
      case 7: {
        this.at += 8;
        return 0;
      }
      case 8: {
        const length = this.variable();
        if (length > this.#octets.length - this.at) throw new RangeError('a text is cut');
        this.at += length;
        return this.#octets.subarray(this.at - length, this.at);
      }
      case 9:
      case 10: {
        const head = this.#octet();
        const count = head >> 4 === 15 ? this.variable() : head >> 4;
        if (count > ITEMS) throw new RangeError('a list is too long');
        const items: Thrift[] = [];
        for (let item = 0; item < count; item++) items.push(this.#value(head & 15, depth + 1));
        return items;
      }
      case 12:
        return this.struct(depth + 1);
      default:
        throw new RangeError(`there is no type ${type}`);
    }
  }

  struct(depth = 0): ThriftStruct {
    const fields = new Map<number, Thrift>();
    let id = 0;
    for (;;) {
      const head = this.#octet();
      if (head === 0) return { fields };
      id = head >> 4 === 0 ? this.#signed() : id + (head >> 4);
      fields.set(id, this.#value(head & 15, depth));
    }
  }
}

export const structIn = (value: Thrift | undefined): ThriftStruct | null =>
  typeof value === 'object' && 'fields' in value ? value : null;
export const numberIn = (value: Thrift | undefined): number | null => (typeof value === 'number' ? value : null);
export const textIn = (value: Thrift | undefined): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : '';
export const listIn = (value: Thrift | undefined): readonly Thrift[] =>
  Array.isArray(value) ? value.map((item: Thrift) => item) : [];
