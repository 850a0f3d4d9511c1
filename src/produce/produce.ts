import { zoneByName } from '../calendar/index.ts';
import { type Finding, MailproofError } from '../model/index.ts';
import { tarOutput } from './bundle/tar-output.ts';
import { zipOutput } from './bundle/zip-output.ts';
import { DuplicateGroups } from './duplicates.ts';
import { findCovered, NOTHING_COVERED } from './inclusive.ts';
import { writeEdrm } from './layout/edrm.ts';
import { writeTree } from './layout/eml.ts';
import { writeMailbag } from './layout/mailbag.ts';
import { writeMbox } from './layout/mbox.ts';
import { writeNuix } from './layout/nuix.ts';
import { writeParquetProduction } from './layout/parquet.ts';
import { writeTableProduction } from './layout/table.ts';
import { HELD_LIMIT } from './measured.ts';
import { Collisions } from './mih-collisions.ts';
import { numbering } from './numbering.ts';
import type { ProduceInput, ProductionResult } from './options.ts';
import { Outcomes } from './outcomes.ts';
import { type Output, sinkOutput } from './output.ts';
import { pathScheme } from './path-scheme.ts';
import { Production } from './production.ts';
import { PROFILES, type Profile } from './profile/index.ts';
import { Register } from './register.ts';
import type { ProductionRun } from './run.ts';
import { selector } from './selection.ts';
import { writeSettings } from './sidecars.ts';
import { createdAtOf, type TakenFolder, takeFolder, UNFINISHED_PATH } from './unfinished.ts';

/**
 * Makes a numbered production set out of manifests and their archives. Reads each manifest twice and each archive once,
 * forward; holds what documents have in common and 26 octets a document. The same input and options make the same octets, also
 * when an interrupted production is made again in its own folder, which it is then finished in.
 * Throws USAGE for options that cannot be met, RECORD_NOT_FOUND where nothing is selected, SOURCE_CHANGED where an archive is
 * not the manifest's, OUTPUT_EXISTS and OUTPUT_UNWRITABLE.
 */
export async function produce(input: ProduceInput): Promise<ProductionResult> {
  const { manifests, options = {}, reporter, signal } = input;
  const profile: Profile = PROFILES[input.profile];
  const zone = zoneByName(options.timeZone ?? 'Etc/UTC');
  if (zone === null || zone.guessed)
    throw new MailproofError('USAGE', `There is no time zone ${options.timeZone ?? ''}.`);
  checkOptions(input, profile);
  const format = numbering(options.prefix ?? 'MP', options.padding ?? 7);
  const register =
    options.register === undefined || options.register === null
      ? null
      : await Register.read(options.register, format.prefix, signal);
  const start = options.start ?? register?.next ?? 1;
  if (register !== null && start < register.next) {
    throw new MailproofError('USAGE', `The register has given numbers up to ${register.next - 1} already.`, {
      advice: 'Leave --start out, or give a higher one.',
    });
  }
  const production = new Production({
    manifests,
    selects: selector(options.selection),
    numbering: format,
    start,
    register,
    numberedAgain: options.numbered === 'again',
    volumeSize: options.volumeSize ?? Infinity,
    volumeCount: options.volumeCount ?? Infinity,
    paths: pathScheme(profile.layout),
    duplicates: new DuplicateGroups(options.dedupe ?? 'none'),
    covering: options.inclusive === true ? await findCovered(manifests, signal) : NOTHING_COVERED,
  });
  await production.plan(signal);
  const name = options.name ?? 'production';
  const bundled = options.bundle !== undefined && options.bundle !== null;
  // A bundle is one file, which is there whole or not at all.
  const folder = bundled ? { resumed: false, createdAt: createdAtOf(input) } : await takeFolder(input);
  if (folder.resumed) reporter.note(`Goes on with the interrupted production in ${input.sink.location}.`);
  // Also a run that was killed before its first file was whole leaves something behind.
  if (!bundled) await input.sink.sweep?.();
  const output = openOutput(input, name, folder);
  const outcomes = new Outcomes();
  const run: ProductionRun = {
    production,
    output,
    outcomes,
    rows: {
      profile,
      zone: zone.zone,
      zoneName: options.timeZone ?? 'UTC',
      outcomes,
      threadGroup: (document) => production.threadGroup(document),
      coveredBy: (document) => production.coveredBy(document),
      inclusiveMarked: production.inclusiveMarked,
    },
    options: {
      natives: options.natives ?? true,
      text: options.text ?? true,
      name,
      createdAt: folder.createdAt,
      caseNumber: options.caseNumber ?? '',
      evidenceNumber: options.evidenceNumber ?? '',
      examiner: options.examiner ?? '',
      version: options.version ?? '',
      ...(options.encoding !== undefined && { encoding: options.encoding }),
      ...(options.bundle !== undefined && { bundle: options.bundle }),
    },
    reporter,
    signal,
    files: [],
    heldLimit: input.heldLimit ?? HELD_LIMIT,
    counts: { exceptions: 0 },
    collisions: (options.dedupe ?? 'none') === 'none' ? null : new Collisions(),
    register: { earlier: options.register ?? null, again: options.numbered === 'again' ? register : null },
  };
  try {
    await writeLayout(run, input, folder);
    const findings: readonly Finding[] = run.collisions?.findings() ?? [];
    for (const finding of findings) reporter.finding(finding);
    await writeSettings(run, input);
    await output.close();
    if (!bundled) await input.sink.remove(UNFINISHED_PATH);
    return {
      documents: production.documents,
      families: production.familyCount,
      volumes: production.volumes,
      natives: outcomes.natives,
      nativeBytes: outcomes.nativeBytes,
      texts: outcomes.texts,
      exceptions: run.counts.exceptions,
      missingNatives: outcomes.missing,
      firstNumber: production.firstNumber,
      lastNumber: production.lastNumber,
      duplicates: production.duplicateCount,
      alreadyNumbered: production.alreadyNumbered,
      findings,
      files: run.files,
    };
  } catch (error) {
    await output.abort(error);
    throw error;
  }
}

function checkOptions({ manifests, options = {} }: ProduceInput, profile: Profile): void {
  const refuse = (message: string, advice: string): never => {
    throw new MailproofError('USAGE', message, { advice });
  };
  if (options.encoding !== undefined && !profile.encodings.includes(options.encoding)) {
    refuse(`${profile.name} takes no ${options.encoding}.`, `Choose one of ${profile.encodings.join(', ')}.`);
  }
  if (options.bundle !== undefined && options.bundle !== null && profile.layout === 'nuix') {
    refuse('A Nuix image is an archive itself.', 'Leave --tar and --zip out.');
  }
  if (new Set(manifests.map(({ custodian }) => custodian)).size !== manifests.length) {
    refuse('Two manifests have the same custodian.', 'Name each with --custodian-name.');
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9_. -]{0,80}$/.test(options.name ?? 'production')) {
    refuse('The name has signs some file system cannot hold.', 'Use letters, digits, space, "_", "-" and ".".');
  }
}

function openOutput({ sink, options = {}, signal }: ProduceInput, name: string, { resumed }: TakenFolder): Output {
  if (options.bundle === 'tar') return tarOutput(sink, `${name}.tar`, signal);
  if (options.bundle === 'zip') return zipOutput(sink, `${name}.zip`, signal);
  return sinkOutput(sink, resumed, signal);
}

async function writeLayout(run: ProductionRun, input: ProduceInput, { resumed }: TakenFolder): Promise<void> {
  const { layout } = run.rows.profile;
  switch (layout) {
    case 'dat':
    case 'csv':
      return writeTableProduction(run, layout);
    case 'parquet':
      return writeParquetProduction(run);
    case 'edrm-xml':
      return writeEdrm(run);
    case 'nuix':
      return writeNuix(run, (path) => zipOutput(input.sink, path, input.signal, resumed));
    case 'mailbag':
      return writeMailbag(run);
    case 'mbox':
      return writeMbox(run);
    case 'eml':
      return writeTree(run);
  }
}
