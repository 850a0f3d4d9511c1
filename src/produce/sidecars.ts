import { csvLine, csvValue } from './csv.ts';
import type { Family } from './document.ts';
import { NAME_END } from './duplicates.ts';
import { EXCEPTION_COLUMNS, type Exception } from './exceptions.ts';
import { type FamilyFile, textFile } from './family-file.ts';
import type { ProduceInput } from './options.ts';
import { registerLine } from './register.ts';
import { type Carry, rowExceptions } from './rows.ts';
import { type ProductionRun, putFile } from './run.ts';
import { SETTINGS_PATH } from './unfinished.ts';

const MARK = '\ufeff';

/** Everything of a family that is not in the production as it stood. */
export type FamilyExceptions = (family: Family) => Iterable<Exception>;

/** Exceptions found by making the rows of the profile for nothing but them. */
export const exceptionsBy =
  (run: ProductionRun, carry: Carry): FamilyExceptions =>
  (family) =>
    family.documents.flatMap((document) => rowExceptions(document, run.rows, carry));

/** The files that stand beside every profile's own. */
export function sidecars(run: ProductionRun, exceptions: FamilyExceptions): FamilyFile[] {
  return [exceptionsFile(run, exceptions), ...(run.collisions === null ? [] : [duplicatesFile()]), registerFile(run)];
}

const exceptionsFile = (run: ProductionRun, exceptions: FamilyExceptions): FamilyFile =>
  textFile({
    path: 'exceptions.csv',
    begin() {
      run.counts.exceptions = 0;
      return {
        head: MARK + csvLine(EXCEPTION_COLUMNS),
        *rows(family) {
          for (const each of exceptions(family)) {
            run.counts.exceptions++;
            yield csvLine([each.controlNumber, each.record, each.column, each.code, each.detail]);
          }
        },
      };
    },
  });

/** `duplicates.csv`: each family that has copies, and which of them came first. */
const duplicatesFile = (): FamilyFile =>
  textFile({
    path: 'duplicates.csv',
    begin: () => ({
      head: MARK + csvLine(['Control Number', 'Duplicate Group', 'Role', 'Copies', 'All Custodians', 'All Paths']),
      *rows({ first, duplicates }) {
        if (duplicates === null || duplicates.count < 2) return;
        const { primary, count, custodians, paths } = duplicates;
        const role = primary === first ? 'Primary' : 'Duplicate';
        const shown = [custodians, paths].map((list) =>
          list.map((text) => text.replaceAll(NAME_END, '/').replaceAll(';', ',')).join('; '),
        );
        yield csvLine([
          first,
          primary,
          role,
          String(count),
          ...shown.map((text) => csvValue(text, '', () => undefined)),
        ]);
      },
    }),
  });

/** `register.jsonl`: what earlier productions numbered, then what this one did. */
function registerFile({ production, register, signal }: ProductionRun): FamilyFile {
  const { earlier, again } = register;
  return textFile({
    path: 'register.jsonl',
    begin: () => ({
      octets: () => (earlier === null ? [] : earlier.read(0, earlier.size, signal)),
      *rows({ documents, custodian, manifest, entry }) {
        const archive = production.manifests[manifest]?.reader.root.archive.sha256 ?? '';
        // Produced again: it stands in the register already.
        if (again !== null && again.family(archive, entry) !== null) return;
        for (const { controlNumber, id, native } of documents) {
          yield registerLine({ controlNumber, custodian, archive, document: id, sha256: native?.sha256 ?? null });
        }
      },
    }),
  });
}

/** Writes `production.json`: what was produced from what, and how. It holds no clock, host or path of the machine. */
export async function writeSettings(run: ProductionRun, input: ProduceInput): Promise<void> {
  const { production, outcomes, rows, counts } = run;
  const { register, createdAt: _createdAt, startedAt: _startedAt, ...options } = input.options ?? {};
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
    exceptions: counts.exceptions,
    duplicates: production.duplicateCount,
    alreadyNumbered: production.alreadyNumbered,
    firstNumber: production.firstNumber,
    lastNumber: production.lastNumber,
  };
  await putFile(run, SETTINGS_PATH, Buffer.from(`${JSON.stringify(settings, null, 2)}\n`, 'utf8'), true);
}
