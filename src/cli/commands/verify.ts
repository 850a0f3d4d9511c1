import type { ManifestReader } from '../../manifest/index.ts';
import { type ByteSource, MailproofError } from '../../model/index.ts';
import type { BatchDigester, ProgressStore, SecondOpinionOptions, SecondOpinionResult } from '../../verify/index.ts';
import type { Testimony } from '../against.ts';
import type { CommonOptions, Context } from '../context.ts';
import type { DecryptOptions } from '../decrypted-source.ts';
import { number } from '../units.ts';

export interface VerifyOptions extends CommonOptions, DecryptOptions {
  readonly source?: string;
  readonly outputLog?: string;
  readonly workers?: number;
  readonly against?: string;
  readonly sample?: number;
  /** Draws another sample: say, the year. */
  readonly seed?: string;
  readonly since?: string;
  /** The file that keeps how far the verification is. */
  readonly state?: string;
  /** `sha256:<hex>` of manifest.json as noted elsewhere: what lies beside the manifest may have been altered with it. */
  readonly manifestDigest?: string;
  readonly allDigests?: boolean;
  readonly secondOpinion?: boolean;
}

/** `verify DEST`: reads the run again, and with `--source` the archive, and says what that proves. */
export async function verifyCommand(context: Context, dest: string, options: VerifyOptions): Promise<number> {
  const begun = context.clock.now();
  // Started first: the threads load what they need while this one does.
  const pool =
    options.source === undefined ? null : await (await import('../digest-pool.ts')).makeDigestPool(options.workers);
  try {
    return await verify(context, dest, options, begun, pool);
  } finally {
    await pool?.close();
  }
}

async function verify(
  context: Context,
  dest: string,
  options: VerifyOptions,
  begun: number,
  digester: BatchDigester | null,
): Promise<number> {
  const { clock, printer, signal } = context;
  const [
    { openSink },
    { openSource },
    { ManifestReader: Reader },
    { checkRun, NO_FACTS },
    facts,
    verdicts,
    { progressStores },
    { VERSION },
  ] = await Promise.all([
    import('../sink.ts'),
    import('../source.ts'),
    import('../../manifest/index.ts'),
    import('../../verify/index.ts'),
    import('../facts.ts'),
    import('../verdict.ts'),
    import('../progress-store.ts'),
    import('../../pipeline/version.ts'),
  ]);
  const manifest = await Reader.open(await openSink(context, dest, {}));
  const custody = await manifest.custody();
  const recorded = facts.factsIn(custody) ?? NO_FACTS;
  const outputLogs = options.outputLog === undefined ? [] : [await facts.readOutputLogFile(options.outputLog)];
  const opened = options.source === undefined ? null : await openSource(context, options.source, options);
  const stores = progressStores(dest, options.state);
  const now = () => new Date(clock.now()).toISOString();
  const kept = (store: ProgressStore) => ({ resumption: { store, tool: `mailproof ${VERSION}`, now } });
  try {
    const testimony = await testimonyOf(context, manifest, options, recorded.job?.startTime ?? null);
    const opinionKept = stores === null ? {} : kept(stores.secondOpinion);
    const opinion = await secondOpinion(context, manifest, options, opened?.source ?? null, opinionKept);
    const result = await checkRun({
      manifest,
      source: opened?.source ?? null,
      facts: recorded,
      outputLogs,
      findings: [...facts.sourceFindingsIn(custody), ...testimony.findings, ...(opinion?.findings ?? [])],
      witnesses: testimony.witnesses,
      earlier: testimony.earlier,
      ...(options.sample !== undefined && { sample: options.sample }),
      ...(options.seed !== undefined && { sampleSeed: options.seed }),
      ...(options.since !== undefined && { since: options.since }),
      ...(stores !== null && kept(stores.archive)),
      allDigests: options.allDigests === true,
      rootDigest: options.manifestDigest ?? facts.rootDigestIn(custody),
      ...(digester !== null && { digester }),
      reporter: printer,
      signal,
    });
    await opinion?.clear();
    const { verdict } = result;
    const code = verdicts.VERDICT_EXITS[verdict.verdict];
    const passed = result.checks.filter(({ outcome }) => outcome === 'passed').length;
    const skipped = result.checks.filter(({ outcome }) => outcome === 'skipped');
    printer.summary({
      title: verdicts.VERDICT_SENTENCES[verdict.verdict],
      lines: [
        { label: 'Manifest', text: `sha256:${manifest.digest}` },
        { label: 'Records', text: number(manifest.root.counts.records) },
        {
          label: 'Archive',
          text:
            result.matchedEntries === null
              ? 'not read (give it with --source)'
              : `${number(result.matchedEntries)} of ${number(manifest.root.counts.entries)} entries read again and matched${verdict.carriedOver === undefined ? '' : ', by this part or an earlier one'}`,
        },
        {
          label: 'Checks',
          text: `${number(passed)} of ${number(result.checks.length)} found nothing, ${number(skipped.length)} could not be made`,
        },
        ...verdicts.reasonLines(verdict),
      ],
      next: verdict.next,
      data: {
        exitCode: code,
        ...verdicts.verdictData(verdict),
        manifestDigest: `sha256:${manifest.digest}`,
        matchedEntries: result.matchedEntries,
        checks: result.checks.map((check) => ({ ...check })),
        milliseconds: Math.round(clock.now() - begun),
      },
    });
    return code;
  } finally {
    await opened?.source.close();
    opened?.close();
  }
}

async function testimonyOf(
  context: Context,
  manifest: ManifestReader,
  { against }: VerifyOptions,
  exportStart: string | null,
): Promise<Testimony> {
  if (against === undefined) return { findings: [], witnesses: [], earlier: null };
  return (await import('../against.ts')).askWitness(context, manifest, against, exportStart);
}

/** Parses every message with mailparser too. What differs is worth a look and never loss by itself. */
async function secondOpinion(
  { signal, printer }: Context,
  manifest: ManifestReader,
  options: VerifyOptions,
  source: ByteSource | null,
  resumption: Pick<SecondOpinionOptions, 'resumption'>,
): Promise<SecondOpinionResult | null> {
  if (options.secondOpinion !== true) return null;
  if (source === null) {
    throw new MailproofError('USAGE', 'A second opinion needs the archive.', { advice: 'Give it with --source.' });
  }
  const { checkSecondOpinion } = await import('../../verify/index.ts');
  const opinion = await checkSecondOpinion(manifest, source, { signal, ...resumption });
  const { messages, agreed } = opinion;
  printer.note(`Second opinion: mailparser agrees on ${number(agreed)} of ${number(messages)} messages.`);
  return opinion;
}
