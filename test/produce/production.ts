import { memorySink } from '../../src/io/index.ts';
import { type ProduceOptions, type ProductionResult, type ProfileName, produce } from '../../src/produce/index.ts';
import { runOfEntries, silent } from '../verify/run.ts';
import type { ZipEntry } from '../verify/zip.ts';

/** The moment every test's production says it was made at. */
export const CREATED = '2026-04-01T12:00:00Z';

export interface Made {
  readonly result: ProductionResult;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly sink: ReturnType<typeof memorySink>;
  text(path: string): string;
}

/** Produces mailboxes, one a custodian, into memory. */
export async function made(
  mailboxes: Readonly<Record<string, readonly ZipEntry[]>>,
  profile: ProfileName,
  options: ProduceOptions = {},
): Promise<Made> {
  const manifests = [];
  for (const [custodian, entries] of Object.entries(mailboxes)) {
    const run = await runOfEntries(entries);
    manifests.push({ reader: await run.reader(), source: run.source, custodian });
  }
  const sink = memorySink('production');
  const result = await produce({
    manifests,
    sink,
    profile,
    options: { createdAt: CREATED, version: '0.0.0-test', ...options },
    reporter: silent,
  });
  return {
    result,
    files: sink.files,
    sink,
    text(path) {
      const octets = sink.files.get(path);
      if (octets === undefined) throw new Error(`${path} was not written, but ${[...sink.files.keys()].join(' ')}`);
      return Buffer.from(octets).toString('utf8');
    },
  };
}
