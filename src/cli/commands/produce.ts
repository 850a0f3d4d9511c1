import { basename } from 'node:path';
import type { ManifestReader } from '../../manifest/index.ts';
import { MailproofError } from '../../model/index.ts';
import { VERSION } from '../../pipeline/version.ts';
import type {
  DedupeScope,
  ProduceManifest,
  ProduceOptions,
  ProductionResult,
  ProfileName,
  TableEncoding,
} from '../../produce/index.ts';
import type { CommonOptions, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import type { OpenedSource } from '../source.ts';
import { counted, number, octets } from '../units.ts';

export interface ProduceCommandOptions extends CommonOptions {
  readonly profile: ProfileName;
  readonly out: string;
  readonly source?: readonly string[];
  readonly custodianName?: readonly string[];
  readonly folder?: readonly string[];
  readonly custodian?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly where?: readonly string[];
  readonly prefix: string;
  readonly padding: number;
  readonly start?: number;
  readonly register?: string;
  readonly numbered: 'leave-out' | 'again';
  readonly dedupe: DedupeScope;
  readonly inclusive?: boolean;
  readonly encoding?: TableEncoding;
  readonly timeZone: string;
  readonly volumeSize?: number;
  readonly volumeCount?: number;
  readonly natives: boolean;
  readonly text: boolean;
  readonly tar?: boolean;
  readonly zip?: boolean;
  readonly name: string;
  readonly caseNumber?: string;
  readonly evidenceNumber?: string;
  readonly examiner?: string;
  readonly created?: string;
}

/** `produce DEST… --profile P --out DIR`. */
export async function produceCommand(
  context: Context,
  dests: readonly string[],
  options: ProduceCommandOptions,
): Promise<number> {
  const { printer, clock, signal } = context;
  if (options.tar === true && options.zip === true) throw new MailproofError('USAGE', 'Give --tar or --zip, not both.');
  const [{ openSink }, { ManifestReader }, { produce, readCondition }, { openFile }] = await Promise.all([
    import('../sink.ts'),
    import('../../manifest/index.ts'),
    import('../../produce/index.ts'),
    import('../../io/index.ts'),
  ]);
  const opened: OpenedSource[] = [];
  const register = options.register === undefined ? null : await openFile(options.register);
  try {
    const manifests: ProduceManifest[] = [];
    for (const [place, dest] of dests.entries()) {
      const reader = await ManifestReader.open(await openSink(context, dest, {}));
      const source = options.natives ? await openArchiveOf(context, reader, options.source?.[place]) : null;
      if (source !== null) opened.push(source);
      const custodian = options.custodianName?.[place] ?? basename(dest.replace(/\/+$/, ''));
      manifests.push({ reader, source: source?.source ?? null, custodian });
    }
    const result = await produce({
      manifests,
      sink: await openSink(context, options.out, {}),
      profile: options.profile,
      options: {
        ...optionsOf(options),
        register,
        selection: {
          ...(options.folder !== undefined && { folders: options.folder }),
          ...(options.custodian !== undefined && { custodians: options.custodian }),
          ...(options.since !== undefined && { since: options.since }),
          ...(options.until !== undefined && { until: options.until }),
          conditions: (options.where ?? []).map(readCondition),
        },
        ...(options.created !== undefined && { createdAt: options.created }),
        startedAt: `${new Date(clock.now()).toISOString().slice(0, 19)}Z`,
        version: VERSION,
      },
      reporter: printer,
      signal,
    });
    return report(context, options, result);
  } finally {
    await register?.close();
    for (const source of opened) {
      await source.source.close();
      source.close();
    }
  }
}

function optionsOf(options: ProduceCommandOptions): ProduceOptions {
  const { prefix, padding, numbered, dedupe, timeZone, natives, text, name } = options;
  return {
    prefix,
    padding,
    numbered,
    dedupe,
    timeZone,
    natives,
    text,
    name,
    inclusive: options.inclusive === true,
    bundle: options.tar === true ? 'tar' : options.zip === true ? 'zip' : null,
    ...(options.start !== undefined && { start: options.start }),
    ...(options.encoding !== undefined && { encoding: options.encoding }),
    ...(options.volumeSize !== undefined && { volumeSize: options.volumeSize }),
    ...(options.volumeCount !== undefined && { volumeCount: options.volumeCount }),
    ...(options.caseNumber !== undefined && { caseNumber: options.caseNumber }),
    ...(options.evidenceNumber !== undefined && { evidenceNumber: options.evidenceNumber }),
    ...(options.examiner !== undefined && { examiner: options.examiner }),
  };
}

/** The archive of a manifest: as given, or where the run's custody record says it was read. */
async function openArchiveOf(
  context: Context,
  reader: ManifestReader,
  given: string | undefined,
): Promise<OpenedSource> {
  const { openSource } = await import('../source.ts');
  const facts = (await reader.custody())?.['source'];
  const known: unknown = typeof facts === 'object' && facts !== null ? Reflect.get(facts, 'location') : null;
  const location = given ?? (typeof known === 'string' ? known : null);
  if (location !== null) return openSource(context, location, {});
  throw new MailproofError('USAGE', `The manifest in ${reader.sink.location} does not say where its archive lies.`, {
    advice: 'Give the archive with --source, or leave natives out with --no-natives.',
  });
}

function report({ printer }: Context, options: ProduceCommandOptions, result: ProductionResult): number {
  const errors = result.findings.filter(({ severity }) => severity === 'error').length;
  const code = result.missingNatives > 0 || errors > 0 ? EXIT.itemsImperfect : EXIT.done;
  printer.summary({
    title:
      result.missingNatives > 0
        ? 'Produced, but some documents are without their octets: exceptions.csv names them.'
        : result.natives === 0
          ? 'Produced, without natives.'
          : 'Produced: every native was held to its digest before and after writing.',
    lines: [
      { label: 'Documents', text: `${number(result.documents)} in ${counted(result.families, 'family', 'families')}` },
      { label: 'Numbers', text: `${result.firstNumber ?? ''} to ${result.lastNumber ?? ''}` },
      {
        label: 'Natives',
        text: `${number(result.natives)} (${octets(result.nativeBytes)}), ${number(result.texts)} texts`,
      },
      { label: 'Volumes', text: number(result.volumes) },
      { label: 'Copies', text: options.dedupe === 'none' ? 'not looked for' : number(result.duplicates) },
      { label: 'Exceptions', text: `${number(result.exceptions)} (exceptions.csv)` },
      ...(result.alreadyNumbered > 0
        ? [
            {
              label: 'Left out',
              text: `${counted(result.alreadyNumbered, 'family', 'families')} in the register already`,
            },
          ]
        : []),
    ],
    next: [`mailproof lint ${options.out} --profile ${options.profile}`],
    data: {
      exitCode: code,
      ...result,
      findings: result.findings.map((finding) => ({
        ...finding,
        range: finding.range === undefined ? null : [...finding.range],
      })),
      files: [...result.files],
    },
  });
  return code;
}
