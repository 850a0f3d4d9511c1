// Reads a Parquet file with another project's reader and prints its rows as JSON: numbers and moments (milliseconds) as
// numbers, text as text. `read.mjs FOLDER READER FILE`; FOLDER is where the reader's package is looked for.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , folder, reader, file] = process.argv;
const load = (name) => import(pathToFileURL(createRequire(join(folder, 'x.js')).resolve(name)).href);
const plain = (value) => {
  if (value === undefined) return null;
  if (value instanceof Date) return value.getTime();
  return typeof value === 'bigint' ? Number(value) : value;
};

async function hyparquet() {
  const { parquetReadObjects } = await load('hyparquet');
  const octets = readFileSync(file);
  const buffer = octets.buffer.slice(octets.byteOffset, octets.byteOffset + octets.byteLength);
  const rows = await parquetReadObjects({ file: buffer });
  return rows.map((row) => Object.values(row).map(plain));
}

async function duckdb() {
  const { DuckDBInstance } = await load('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const from = `read_parquet('${file.replaceAll("'", "''")}')`;
  const described = await (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)).getRowObjectsJson();
  const columns = described.map(({ column_name: name, column_type: type }) =>
    type.startsWith('TIMESTAMP') ? `epoch_ms("${name}")` : `"${name}"`,
  );
  const rows = (await connection.runAndReadAll(`SELECT ${columns.join(', ')} FROM ${from}`)).getRows();
  return rows.map((row) => row.map(plain));
}

console.log(JSON.stringify(await { hyparquet, duckdb }[reader]()));
