import type { Carry } from '../rows.ts';
import type { ProductionRun } from '../run.ts';
import { writeFiles } from './files.ts';
import { tableCarry, writeTable } from './table.ts';

/** A folder tree of whole items, and a table of every document in them. */
export async function writeTree(run: ProductionRun): Promise<Carry> {
  await writeFiles(run, { natives: run.options.natives, text: false });
  await writeTable(run, 'index.csv', 'csv');
  return tableCarry(run, 'csv');
}
