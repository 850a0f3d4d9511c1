import { hash } from 'node:crypto';
import { putChecked, Tasks } from '../output.ts';
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

/** Reads the archives once and writes every native and text that the layout has a path for. */
export async function writeFiles(run: ProductionRun, reading: ReadPassOptions): Promise<void> {
  const tasks = new Tasks(run.output.concurrency);
  for await (const family of readFamilies(run.production, { ...reading, signal: run.signal })) {
    for (const read of family) {
      const { document, text } = read;
      const { nativePath, textPath, shares, position } = document;
      const sha256 = document.native?.sha256;
      const octets = noteNative(run, read);
      if (octets !== null && nativePath !== null && shares < 0) {
        await tasks.add(async () => putChecked(run.output, nativePath, octets, sha256));
      }
      if (text !== null) {
        run.outcomes.text(position, text.length);
        // A window of the manifest's text file lies under it, which the next read replaces but never overwrites.
        await tasks.add(async () => putChecked(run.output, textPath, text));
      }
      noteProgress(run, position);
    }
  }
  await tasks.drain();
}
