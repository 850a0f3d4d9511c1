import type { ByteSource } from '../model/index.ts';
import type { ProduceInput } from './options.ts';
import { type Register, registerLine } from './register.ts';
import { documents, type ProductionRun, putFile, textChunks } from './run.ts';

/** Writes `register.jsonl`: what earlier productions numbered, then what this one did. */
export async function writeRegister(
  run: ProductionRun,
  earlier: ByteSource | null,
  known: Register | null,
): Promise<void> {
  async function* rows(): AsyncGenerator<string> {
    for await (const document of documents(run)) {
      const archive = run.production.manifests[document.family.manifest]?.reader.root.archive.sha256 ?? '';
      // Produced again: it stands in the register already.
      if (known !== null && known.family(archive, document.family.entry) !== null) continue;
      yield registerLine({
        controlNumber: document.controlNumber,
        custodian: document.family.custodian,
        archive,
        document: document.id,
        sha256: document.native?.sha256 ?? null,
      });
    }
  }
  async function* content(): AsyncGenerator<Uint8Array> {
    if (earlier !== null) yield* earlier.read(0, earlier.size, run.signal);
    yield* textChunks(rows());
  }
  await putFile(run, 'register.jsonl', content);
}

/** Writes `production.json`: what was produced from what, and how. It holds no clock, host or path of the machine. */
export async function writeSettings(run: ProductionRun, input: ProduceInput, exceptions: number): Promise<void> {
  const { production, outcomes, rows } = run;
  const { register, createdAt: _createdAt, ...options } = input.options ?? {};
  const settings = {
    mediaType: 'application/vnd.mailproof.production.v1+json',
    profile: rows.profile.name,
    timeZone: rows.zoneName,
    options: { ...options, register: register === undefined || register === null ? null : 'given' },
    manifests: production.manifests.map(({ reader, custodian, source }) => ({
      custodian,
      manifest: `sha256:${reader.digest}`,
      archive: `sha256:${reader.root.archive.sha256}`,
      natives: source !== null,
    })),
    documents: production.documents,
    families: production.familyCount,
    volumes: production.volumes,
    natives: outcomes.natives,
    nativeBytes: outcomes.nativeBytes,
    texts: outcomes.texts,
    missingNatives: outcomes.missing,
    exceptions,
    duplicates: production.duplicateCount,
    alreadyNumbered: production.alreadyNumbered,
    firstNumber: production.firstNumber,
    lastNumber: production.lastNumber,
  };
  await putFile(run, 'production.json', Buffer.from(`${JSON.stringify(settings, null, 2)}\n`, 'utf8'));
}
