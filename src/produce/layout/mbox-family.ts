import { emailOf, type Family } from '../document.ts';
import type { FamilyFiles } from '../family-files.ts';
import { fromLine, quotedMessage } from '../mboxrd.ts';
import { putChecked } from '../output.ts';
import type { ReadDocument, ReadFamily } from '../read-pass.ts';
import type { ProductionRun } from '../run.ts';
import { noteNative, noteProgress } from './files.ts';

/** What an mbox is made of. */
export const MESSAGES = { natives: true, text: false } as const;

export const mboxPath = (family: Family): string => `mbox/${family.folder === '' ? 'root' : family.folder}.mbox`;

export const isMessage = ({ document }: ReadDocument): boolean => document.parent < 0 && document.kind === 'message';

/** A message as it stands in its mbox. A copy: what it was read from need not be kept with it. */
export const mboxMessage = ({ document, native }: ReadDocument): Buffer =>
  native === null ? Buffer.alloc(0) : Buffer.concat([fromLine(emailOf(document)), ...quotedMessage(native)]);

/** Writes what is no message, and the tables' rows. */
export async function takeFamily(run: ProductionRun, read: ReadFamily, tables: FamilyFiles): Promise<void> {
  for (const document of read.documents) {
    const { nativePath, shares, native, position } = document.document;
    const octets = noteNative(run, document);
    if (octets !== null && nativePath !== null && shares < 0) {
      await putChecked(run.output, nativePath, octets, native?.sha256);
    }
    noteProgress(run, position);
  }
  run.collisions?.take(read.family);
  await tables.take(read.family);
}
