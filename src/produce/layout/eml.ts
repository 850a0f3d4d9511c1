import type { ProductionRun } from '../run.ts';
import { writeFiles } from './files.ts';
import { tableFiles } from './table.ts';

/** A folder tree of whole items, and a table of every document in them. */
export async function writeTree(run: ProductionRun): Promise<void> {
  const { natives } = run.options;
  await writeFiles(run, { natives, text: false }, { files: tableFiles(run, 'index.csv', 'csv') });
}
