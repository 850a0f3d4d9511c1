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

/** Writes a Parquet file (format 1.0, one data page a column and row group) as it goes. */
export async function* writeParquet(
  columns: readonly ParquetColumn[],
  rows: AsyncIterable<readonly ColumnValue[]>,
  createdBy: string,
): AsyncGenerator<Uint8Array> {
  const groups: ThriftValue[] = [];
  let offset = MAGIC.length;
  let total = 0;
  let held: (readonly ColumnValue[])[] = [];
  let heldText = 0;
  function* group(): Generator<Uint8Array> {
    const chunks: ThriftValue[] = [];
    let groupOctets = 0;
    for (const [at, { name, type }] of columns.entries()) {
      const page = columnPage(
        type,
        held.map((row) => row[at] ?? null),
      );
      chunks.push(columnChunk(name, type, held.length, offset, page.length));
      offset += page.length;
      groupOctets += page.length;
      yield page;
    }
    groups.push(
      struct([
        [1, list('struct', chunks)],
        [2, i64(groupOctets)],
        [3, i64(held.length)],
      ]),
    );
    total += held.length;
    held = [];
    heldText = 0;
  }
  yield MAGIC;
  for await (const row of rows) {
    held.push(row);
    for (const value of row) if (typeof value === 'string') heldText += value.length;
    if (held.length >= GROUP_ROWS || heldText >= GROUP_TEXT) yield* group();
  }
  if (held.length > 0) yield* group();
  const footer = structOctets([
    [1, i32(1)],
    [2, list('struct', schema(columns))],
    [3, i64(total)],
    [4, list('struct', groups)],
    [6, text(createdBy)],
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  yield Buffer.concat([footer, length, MAGIC]);
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
