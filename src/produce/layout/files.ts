import { hash } from 'node:crypto';
import type { PutResult } from '../../model/index.ts';
import { CheckedFiles } from '../checked-files.ts';
import type { Family } from '../document.ts';
import type { FamilyFile } from '../family-file.ts';
import { FamilyFiles } from '../family-files.ts';
import { type ReadDocument, type ReadPassOptions, readFamilies } from '../read-pass.ts';
import type { ProductionRun } from '../run.ts';

/** Documents between two progress reports. */
const STEP = 256;

/** Records what became of a document's octets; gives them back where they are there. */
export function noteNative(run: ProductionRun, read: ReadDocument): Uint8Array | null {
  const { outcomes, options, production } = run;
  const { document, native } = read;
  if (native === null) {
    if (options.natives && production.manifests[document.family.manifest]?.source !== null) {
      outcomes.noNative(document.position);
    }
    return null;
  }
  const sha1 = document.part?.digests?.sha1 ?? hash('sha1', native, 'hex');
  outcomes.native(document.position, sha1, document.shares >= 0 ? 0 : native.length);
  return native;
}

/** Says how far a production is, now and then. */
export function noteProgress(run: ProductionRun, position: number): void {
  if (position % STEP !== 0 && position + 1 !== run.production.documents) return;
  run.reporter.progress({
    phase: 'produce',
    bytes: run.outcomes.nativeBytes,
    totalBytes: null,
    entries: 0,
    totalEntries: null,
    records: position + 1,
    issues: run.outcomes.missing,
  });
}

/** What a pass writes beside natives and texts. */
export interface PassFiles {
  readonly files: readonly FamilyFile[];
  /** Called for each file as it is done, in their order. */
  readonly done?: (path: string, result: PutResult) => Promise<void> | void;
  /** Files of another output that grow in the same pass. */
  readonly elsewhere?: FamilyFiles;
  /** A file more for a family, or none. */
  readonly beside?: (family: Family) => { readonly path: string; readonly octets: Uint8Array } | null;
}

/** Reads the archives once and writes every native and text that the layout has a path for, and the tables with them. */
export async function writeFiles(run: ProductionRun, reading: ReadPassOptions, pass: PassFiles): Promise<void> {
  const files = new CheckedFiles(run.output);
  const tables = new FamilyFiles(run, pass.files);
  try {
    await tables.open();
    for await (const { family, documents } of readFamilies(run.production, { ...reading, signal: run.signal })) {
      for (const read of documents) {
        const { document, text } = read;
        const { nativePath, textPath, shares, position } = document;
        const octets = noteNative(run, read);
        if (octets !== null && nativePath !== null && shares < 0) {
          await files.add(nativePath, octets, document.native?.sha256);
        }
        if (text !== null) {
          run.outcomes.text(position, text.length);
          // A window of the manifest's text file lies under it, which the next read replaces but never overwrites.
          await files.add(textPath, text);
        }
        noteProgress(run, position);
      }
      run.collisions?.take(family);
      await tables.take(family);
      await pass.elsewhere?.take(family);
      const beside = pass.beside?.(family) ?? null;
      if (beside !== null) await files.add(beside.path, beside.octets);
    }
    await files.drain();
    await tables.close(pass.done);
  } catch (error) {
    throw await tables.fail(error);
  }
}
