import type { ManifestReader } from '../../manifest/index.ts';
import type { Finding } from '../../model/index.ts';
import type { CheckRunResult, SourceFacts } from '../../verify/index.ts';
import type { CommonOptions, Context } from '../context.ts';
import { octets } from '../units.ts';
import { reasonLines, VERDICT_EXITS, VERDICT_SENTENCES, verdictData } from '../verdict.ts';

export const REPORT_PATH = 'report.html';
export const DECLARATION_PATH = 'declaration.html';

export interface ReportOptions extends CommonOptions {
  readonly outputLog?: string;
  /** Writes a draft declaration for counsel too. */
  readonly declaration?: boolean;
}

export interface ReportWritten {
  readonly location: string;
  readonly size: number;
}

/** Writes `report.html` beside the manifest, from a verification that was just made. */
export async function writeReport(
  manifest: ManifestReader,
  verified: Pick<CheckRunResult, 'findings' | 'verdict' | 'checks'>,
  facts: SourceFacts | null,
  signal: AbortSignal,
): Promise<ReportWritten> {
  const { collectStatistics, renderReport } = await import('../../report/index.ts');
  const statistics = await collectStatistics(manifest, signal);
  const page = renderReport({
    root: manifest.root,
    ledger: await manifest.ledger(),
    findings: distinct(verified.findings),
    verdict: verified.verdict,
    checks: verified.checks,
    custody: await manifest.custody(),
    statistics,
    facts,
    manifestDigest: manifest.digest,
  });
  const { sink } = manifest;
  const { size } = await sink.put(REPORT_PATH, Buffer.from(page), { mediaType: 'text/html; charset=utf-8', signal });
  return { location: `${sink.location.replace(/\/$/, '')}/${REPORT_PATH}`, size };
}

/** The checks repeat what the run itself recorded: once is enough for a reader. */
function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}

/** `report DEST`: verifies what can be verified without the archive and writes the page. Exits as `verify` does. */
export async function reportCommand(context: Context, dest: string, options: ReportOptions): Promise<number> {
  const { printer, signal } = context;
  const [{ openSink }, { ManifestReader }, { checkRun, NO_FACTS }, { factsIn, readOutputLogFile }] = await Promise.all([
    import('../sink.ts'),
    import('../../manifest/index.ts'),
    import('../../verify/index.ts'),
    import('../facts.ts'),
  ]);
  const manifest = await ManifestReader.open(await openSink(context, dest, {}));
  const recorded = factsIn(await manifest.custody()) ?? NO_FACTS;
  const given = options.outputLog === undefined ? [] : [await readOutputLogFile(options.outputLog)];
  const facts = { ...recorded, outputLogs: [...recorded.outputLogs, ...given] };
  const silent = { ...printer, finding: () => undefined };
  const verified = await checkRun({ manifest, facts, reporter: silent, signal });
  const report = await writeReport(manifest, verified, facts, signal);
  const declaration = options.declaration === true ? await writeDeclaration(manifest) : null;
  printer.summary({
    title: VERDICT_SENTENCES[verified.verdict.verdict],
    lines: [
      { label: 'Report', text: `${report.location} (${octets(report.size)})` },
      ...(declaration === null ? [] : [{ label: 'Draft', text: `${declaration} (for counsel)` }]),
      ...reasonLines(verified.verdict),
    ],
    next: verified.verdict.next,
    data: {
      exitCode: VERDICT_EXITS[verified.verdict.verdict],
      report: report.location,
      reportSize: report.size,
      declaration,
      ...verdictData(verified.verdict),
    },
  });
  return VERDICT_EXITS[verified.verdict.verdict];
}

async function writeDeclaration(manifest: ManifestReader): Promise<string> {
  const { renderDeclaration } = await import('../../report/index.ts');
  const page = renderDeclaration({
    root: manifest.root,
    custody: await manifest.custody(),
    manifestDigest: manifest.digest,
  });
  await manifest.sink.put(DECLARATION_PATH, Buffer.from(page), { mediaType: 'text/html; charset=utf-8' });
  return `${manifest.sink.location.replace(/\/$/, '')}/${DECLARATION_PATH}`;
}
