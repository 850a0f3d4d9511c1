import { csvLine, csvValue } from '../csv.ts';
import { DAT, datLine, datValue } from '../dat.ts';
import { encoderOf } from '../encoding.ts';
import type { Column } from '../profile/index.ts';
import { type Carry, rowCells } from '../rows.ts';
import { documents, type ProductionRun, putFile, textChunks } from '../run.ts';
import { writeFiles } from './files.ts';

/** How a delimited table is written. */
interface Syntax {
  readonly value: Carry;
  line(values: readonly string[]): string;
}

const SYNTAX: { readonly [kind in 'dat' | 'csv']: Syntax } = {
  dat: { value: datValue, line: datLine },
  csv: { value: csvValue, line: csvLine },
};

/** How the run's tables make a value fit their syntax and encoding. */
export function tableCarry(run: ProductionRun, kind: 'dat' | 'csv'): Carry {
  const encoder = encoderOf(encodingOf(run));
  // The encoding first: what it replaces must not be taken for a sign of the syntax, nor the syntax' own signs be replaced.
  return (text, column, note) => SYNTAX[kind].value(encoder.carried(text, column, note), column, note);
}

const encodingOf = (run: ProductionRun) => run.options.encoding ?? run.rows.profile.encodings[0] ?? 'utf-8';

/** Writes the run's table: the column names, then a row a document. */
export async function writeTable(run: ProductionRun, path: string, kind: 'dat' | 'csv'): Promise<void> {
  const encoder = encoderOf(encodingOf(run));
  const carry = tableCarry(run, kind);
  const line = (values: readonly string[]) => SYNTAX[kind].line(values);
  async function* lines(): AsyncGenerator<string> {
    yield line(run.rows.profile.columns.map(([name]: Column) => name));
    for await (const document of documents(run)) yield line(rowCells(document, run.rows, carry, () => undefined));
  }
  async function* octets(): AsyncGenerator<Uint8Array> {
    if (encoder.mark.length > 0) yield encoder.mark;
    yield* textChunks(lines(), (text) => encoder.encode(text));
  }
  await putFile(run, path, octets);
}

/** A load file with natives and texts in volumes. */
export async function writeTableProduction(run: ProductionRun, kind: 'dat' | 'csv'): Promise<Carry> {
  await writeFiles(run, { natives: run.options.natives, text: run.options.text });
  await writeTable(run, `loadfile.${kind}`, kind);
  return tableCarry(run, kind);
}

export const SEPARATORS = { dat: DAT.separator, csv: ',' } as const;
