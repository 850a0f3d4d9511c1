import { CONVERTED, type ColumnType, type ColumnValue, columnPage, PHYSICAL } from './column.ts';
import { i32, i64, list, struct, structOctets, type ThriftValue, text } from './thrift.ts';

export interface ParquetColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** Rows held and written at once. */
const GROUP_ROWS = 10_000;
/** UTF-16 units of text held at once: rows may be few and long. */
const GROUP_TEXT = 32 * 1024 * 1024;
const MAGIC = Buffer.from('PAR1', 'latin1');
const UNCOMPRESSED = 0;
const OPTIONAL = 1;

/** Makes a Parquet file (format 1.0, one data page a column and row group) as rows come. */
export class ParquetWriter {
  readonly #columns: readonly ParquetColumn[];
  readonly #createdBy: string;
  readonly #groups: ThriftValue[] = [];
  #offset = MAGIC.length;
  #total = 0;
  #held: (readonly ColumnValue[])[] = [];
  #heldText = 0;

  constructor(columns: readonly ParquetColumn[], createdBy: string) {
    this.#columns = columns;
    this.#createdBy = createdBy;
  }

  head(): readonly Uint8Array[] {
    return [MAGIC];
  }

  /** Takes a row, in the columns' order; gives the octets of a row group that it fills. */
  *row(row: readonly ColumnValue[]): Generator<Uint8Array> {
    this.#held.push(row);
    for (const value of row) if (typeof value === 'string') this.#heldText += value.length;
    if (this.#held.length >= GROUP_ROWS || this.#heldText >= GROUP_TEXT) yield* this.#group();
  }

  *end(): Generator<Uint8Array> {
    if (this.#held.length > 0) yield* this.#group();
    const footer = structOctets([
      [1, i32(1)],
      [2, list('struct', schema(this.#columns))],
      [3, i64(this.#total)],
      [4, list('struct', this.#groups)],
      [6, text(this.#createdBy)],
    ]);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(footer.length);
    yield Buffer.concat([footer, length, MAGIC]);
  }

  *#group(): Generator<Uint8Array> {
    const held = this.#held;
    const chunks: ThriftValue[] = [];
    let groupOctets = 0;
    for (const [at, { name, type }] of this.#columns.entries()) {
      const page = columnPage(
        type,
        held.map((row) => row[at] ?? null),
      );
      chunks.push(columnChunk(name, type, held.length, this.#offset, page.length));
      this.#offset += page.length;
      groupOctets += page.length;
      yield page;
    }
    this.#groups.push(
      struct([
        [1, list('struct', chunks)],
        [2, i64(groupOctets)],
        [3, i64(held.length)],
      ]),
    );
    this.#total += held.length;
    this.#held = [];
    this.#heldText = 0;
  }
}

function columnChunk(name: string, type: ColumnType, values: number, offset: number, octets: number): ThriftValue {
  const metadata = struct([
    [1, i32(PHYSICAL[type])],
    [2, list('i32', [i32(0), i32(3)])],
    [3, list('binary', [text(name)])],
    [4, i32(UNCOMPRESSED)],
    [5, i64(values)],
    [6, i64(octets)],
    [7, i64(octets)],
    [9, i64(offset)],
  ]);
  return struct([
    [2, i64(offset)],
    [3, metadata],
  ]);
}

function schema(columns: readonly ParquetColumn[]): ThriftValue[] {
  const root = struct([
    [4, text('document')],
    [5, i32(columns.length)],
  ]);
  const elements = columns.map(({ name, type }) => {
    const converted = CONVERTED[type];
    return struct([
      [1, i32(PHYSICAL[type])],
      [3, i32(OPTIONAL)],
      [4, text(name)],
      ...(converted === null ? [] : ([[6, i32(converted)]] as const)),
    ]);
  });
  return [root, ...elements];
}
