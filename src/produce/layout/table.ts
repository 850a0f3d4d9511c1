import { csvLine, csvValue } from '../csv.ts';
import { datLine, datValue } from '../dat.ts';
import type { Family } from '../document.ts';
import { encoderOf } from '../encoding.ts';
import { type FamilyFile, textFile } from '../family-file.ts';
import type { Column } from '../profile/index.ts';
import { type Carry, tableRow } from '../rows.ts';
import type { ProductionRun } from '../run.ts';
import { sidecars } from '../sidecars.ts';
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
function tableCarry(run: ProductionRun, kind: 'dat' | 'csv'): Carry {
  const encoder = encoderOf(encodingOf(run));
  // The encoding first: what it replaces must not be taken for a sign of the syntax, nor the syntax' own signs be replaced.
  return (text, column, note) => SYNTAX[kind].value(encoder.carried(text, column, note), column, note);
}

const encodingOf = (run: ProductionRun) => run.options.encoding ?? run.rows.profile.encodings[0] ?? 'utf-8';

/** The run's table: the column names, then a row a document. A row and what it could not carry are found at once. */
export function tableFiles(run: ProductionRun, path: string, kind: 'dat' | 'csv'): FamilyFile[] {
  const encoder = encoderOf(encodingOf(run));
  const carry = tableCarry(run, kind);
  const line = (values: readonly string[]) => SYNTAX[kind].line(values);
  const made = madeOnce((family) =>
    family.documents.map((document) => {
      const { cells, exceptions } = tableRow(document, run.rows, carry);
      return { text: line(cells), exceptions };
    }),
  );
  const table = textFile({
    path,
    encode: (text) => encoder.encode(text),
    begin: () => ({
      octets: () => (encoder.mark.length > 0 ? [encoder.mark] : []),
      head: line(run.rows.profile.columns.map(([name]: Column) => name)),
      *rows(family) {
        for (const { text } of made(family)) yield text;
      },
    }),
  });
  return [table, ...sidecars(run, (family) => made(family).flatMap(({ exceptions }) => exceptions))];
}

/** What was made of the last family asked for: the table and the list of exceptions ask one after the other. */
function madeOnce<T>(make: (family: Family) => T): (family: Family) => T {
  let last: { readonly family: Family; readonly made: T } | null = null;
  return (family) => {
    if (last?.family !== family) last = { family, made: make(family) };
    return last.made;
  };
}

/** A load file with natives and texts in volumes. */
export async function writeTableProduction(run: ProductionRun, kind: 'dat' | 'csv'): Promise<void> {
  const { natives, text } = run.options;
  await writeFiles(run, { natives, text }, { files: tableFiles(run, `loadfile.${kind}`, kind) });
}
