import type { ByteSource } from '../../model/index.ts';
import { CONVERTED, type ColumnType, type ColumnValue, PHYSICAL } from './column.ts';
import type { ParquetColumn } from './parquet-writer.ts';
import { listIn, numberIn, structIn, ThriftReader, type ThriftStruct, textIn } from './thrift-reader.ts';

/** Why a file cannot be read here: damaged, or written otherwise than `ParquetWriter` does. */
export class ParquetFault extends Error {}

/** A footer, or the pages of one column in one row group, beyond this are not ours. */
const LIMIT = 512 * 1024 * 1024;

const TYPES: readonly ColumnType[] = ['text', 'number', 'boolean', 'moment'];

/** A Parquet file as `ParquetWriter` makes them: flat, optional columns, plain values, not compressed. */
export class ParquetReader {
  readonly #source: ByteSource;
  readonly columns: readonly ParquetColumn[];
  readonly rows: number;
  readonly #groups: readonly ThriftStruct[];

  private constructor(source: ByteSource, footer: ThriftStruct) {
    this.#source = source;
    const [root, ...elements] = listIn(footer.fields.get(2)).map(structIn);
    if (elements.length === 0 || numberIn(root?.fields.get(5)) !== elements.length)
      throw new ParquetFault('its schema is not flat');
    this.columns = elements.map((element) => columnOf(element));
    this.rows = numberIn(footer.fields.get(3)) ?? -1;
    this.#groups = listIn(footer.fields.get(4)).flatMap((group) => structIn(group) ?? []);
  }

  /** Reads the footer. Throws ParquetFault. */
  static async open(source: ByteSource, signal?: AbortSignal): Promise<ParquetReader> {
    const end = source.size;
    const head = Buffer.from(await source.bytes(0, Math.min(4, end), signal)).toString('latin1');
    const tail = Buffer.from(await source.bytes(Math.max(0, end - 8), end, signal));
    if (end < 12 || head !== 'PAR1' || tail.toString('latin1', 4) !== 'PAR1')
      throw new ParquetFault('it does not begin and end with PAR1');
    const length = tail.readUInt32LE(0);
    if (length > Math.min(end - 12, LIMIT)) throw new ParquetFault('its footer is longer than the file');
    const footer = await source.bytes(end - 8 - length, end - 8, signal);
    return new ParquetReader(
      source,
      parsed(() => new ThriftReader(footer).struct(), 'its footer'),
    );
  }

  /** The rows of each row group. Throws ParquetFault. */
  async *groups(signal?: AbortSignal): AsyncGenerator<readonly (readonly ColumnValue[])[]> {
    for (const group of this.#groups) {
      const count = numberIn(group.fields.get(3)) ?? -1;
      const chunks = listIn(group.fields.get(1)).map((chunk) => structIn(structIn(chunk)?.fields.get(3)));
      if (chunks.length !== this.columns.length) throw new ParquetFault('a row group has not every column');
      const columns: (readonly ColumnValue[])[] = [];
      for (const [at, { type, name }] of this.columns.entries()) {
        columns.push(await this.#column(type, name, chunks[at] ?? null, count, signal));
      }
      yield Array.from({ length: count }, (_, row) => columns.map((values) => values[row] ?? null));
    }
  }

  async #column(
    type: ColumnType,
    name: string,
    chunk: ThriftStruct | null,
    count: number,
    signal?: AbortSignal,
  ): Promise<readonly ColumnValue[]> {
    const field = (id: number) => numberIn(chunk?.fields.get(id));
    const [codec, values, size, offset] = [field(4), field(5), field(7), field(9)];
    if (codec !== 0 || values !== count || size === null || offset === null || size > LIMIT)
      throw new ParquetFault(`column ${name} is compressed or not of as many rows as its group`);
    // Every value takes a bit at least: a count that does not fit is not to be given memory.
    if (size < 0 || count < 0 || count > size * 8) throw new ParquetFault(`column ${name} cannot hold ${count} values`);
    if (offset < 4 || offset + size > this.#source.size) throw new ParquetFault(`column ${name} lies outside the file`);
    const octets = await this.#source.bytes(offset, offset + size, signal);
    return parsed(() => pageValues(type, octets, count), `column ${name}`);
  }
}

function columnOf(element: ThriftStruct | null): ParquetColumn {
  const name = textIn(element?.fields.get(4));
  const physical = numberIn(element?.fields.get(1));
  const converted = numberIn(element?.fields.get(6));
  const type = TYPES.find((each) => PHYSICAL[each] === physical && CONVERTED[each] === converted);
  if (type === undefined) throw new ParquetFault(`column ${name} has a type that no production of ours has`);
  return { name, type };
}

/** Gives what is read, or says of what it could not be. */
function parsed<T>(read: () => T, what: string): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof ParquetFault || !(cause instanceof RangeError)) throw cause;
    throw new ParquetFault(`${what} cannot be read: ${cause.message}`, { cause });
  }
}

/** The values of one data page (version 1) of plain values. */
function pageValues(type: ColumnType, octets: Uint8Array, count: number): ColumnValue[] {
  const reader = new ThriftReader(octets);
  const header = reader.struct();
  const data = structIn(header.fields.get(5));
  const plain = numberIn(header.fields.get(1)) === 0 && numberIn(data?.fields.get(2)) === 0;
  if (!plain || numberIn(data?.fields.get(1)) !== count) throw new ParquetFault('a page is not of plain values');
  const page = Buffer.from(octets.buffer, octets.byteOffset + reader.at, octets.byteLength - reader.at);
  if (page.length !== numberIn(header.fields.get(2))) throw new RangeError('a page is cut');
  const levels = 4 + page.readUInt32LE(0);
  const runs = new ThriftReader(page, 4);
  if (runs.variable() % 2 !== 1) throw new ParquetFault('a page has levels that are not bit-packed');
  const bits = runs.at;
  const present = Array.from({ length: count }, (_, at) => (page.readUInt8(bits + (at >> 3)) & (1 << (at & 7))) !== 0);
  let at = levels;
  let flags = 0;
  return present.map((there): ColumnValue => {
    if (!there) return null;
    if (type === 'boolean') {
      const flag = (page.readUInt8(levels + (flags >> 3)) & (1 << (flags & 7))) !== 0;
      flags++;
      return flag;
    }
    if (type === 'text') {
      const end = at + 4 + page.readUInt32LE(at);
      if (end > page.length) throw new RangeError('a text is cut');
      const text = page.toString('utf8', at + 4, end);
      at = end;
      return text;
    }
    at += 8;
    return Number(page.readBigInt64LE(at - 8));
  });
}
