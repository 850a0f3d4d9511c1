import { resolve } from 'node:path';
import type { Caller } from '../../aws/index.ts';
import { boundHeapGrowth } from '../../io/heap-growth.ts';
import type { Ledger } from '../../model/index.ts';
import type { ProcessResult } from '../../pipeline/process.ts';
import type { Verdict } from '../../verify/verdict.ts';
import type { CommonOptions, Context } from '../context.ts';
import type { DecryptOptions } from '../decrypted-source.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Summary, SummaryLine } from '../printer.ts';
import { counted, duration, number, octets } from '../units.ts';
import { reasonLines, VERDICT_SENTENCES, verdictData } from '../verdict.ts';

export interface ProcessOptions extends CommonOptions, DecryptOptions {
  readonly out: string;
  readonly workers?: number;
  readonly versionId?: string;
  readonly outputLog?: string;
  readonly kmsKeyId?: string;
  readonly wait?: boolean;
}

/** About what a batch holds: an archive of a few messages keeps one thread busy, and a second would only be started. */
const BATCH_OCTETS = 1024 * 1024;

/** `process SOURCE --out DEST`. */
export async function processCommand(context: Context, source: string, options: ProcessOptions): Promise<number> {
  const { printer, clock, signal } = context;
  const begun = clock.now();
  boundHeapGrowth();
  // The rooms that read and parse are loaded here, not at start-up.
  const [
    { openSource },
    { openSink },
    { processExport },
    { makePool },
    { writeCustody },
    { readOutputLogFile },
    { checkRun },
    { ManifestReader },
    { writeReport },
    { StatisticsCollector },
  ] = await Promise.all([
    import('../source.ts'),
    import('../sink.ts'),
    import('../../pipeline/process.ts'),
    import('../pool.ts'),
    import('../../fleet/custody.ts'),
    import('../facts.ts'),
    import('../../verify/index.ts'),
    import('../../manifest/index.ts'),
    import('./report.ts'),
    import('../../report/index.ts'),
  ]);
  const outputLogs = options.outputLog === undefined ? [] : [await readOutputLogFile(options.outputLog)];
  await (await import('../apart.ts')).checkApart(source, options.out);
  const opened = await openSource(context, source, options);
  const facts = { ...opened.sourceFacts, outputLogs: [...opened.sourceFacts.outputLogs, ...outputLogs] };
  const sink = await openSink(context, options.out, options);
  const pool = makePool(options.workers);
  pool.expect(Math.ceil(opened.source.size / BATCH_OCTETS));
  try {
    const result = await processExport({
      source: opened.source,
      sink,
      pool,
      reporter: printer,
      findings: opened.findings,
      checksum: opened.checksum,
      signal,
      beforeRoot: async (run) => {
        await writeCustody(sink, run, {
          command: ['process', source, '--out', options.out],
          source: opened.facts,
          facts,
          startedAt: begun,
          finishedAt: clock.now(),
          caller: options.out.startsWith('s3://') ? () => writer(signal) : opened.caller,
        });
      },
    });
    // The threads' memory is given back before the records are read again.
    await pool.close();
    const manifest = await ManifestReader.open(sink);
    const statistics = new StatisticsCollector();
    const checked = await checkRun({
      manifest,
      observe: statistics.take.bind(statistics),
      justWritten: true,
      facts,
      findings: result.sourceFindings,
      reporter: { ...printer, finding: () => undefined },
      signal,
    });
    const { verdict } = checked;
    await writeReport(manifest, checked, facts, signal, null, statistics.finish());
    const code = exitCodeOf(result, verdict);
    printer.summary(summaryOf(result, verdict, sink.location, options.out, clock.now() - begun, code));
    return code;
  } finally {
    await pool.close();
    await opened.source.close();
    opened.close();
  }
}

/** Who writes to S3: where the archive is a file, nothing else was asked of AWS. */
async function writer(signal: AbortSignal): Promise<Caller> {
  const { askCaller, createClients } = await import('../../aws/index.ts');
  const clients = createClients();
  try {
    return await askCaller(clients.sts, { signal });
  } finally {
    clients.destroy();
  }
}

/** Checks of single items: what they find makes items imperfect, not the archive short. */
const ITEM_CHECKS: ReadonlySet<string> = new Set([
  'truncated-parts',
  'mid-part-end',
  'calendar-end',
  'unopened-parts',
  'orphan-overrides',
  'duplicates',
]);

/** The archive's damage outweighs loss, loss outweighs an imperfect item. */
export function exitCodeOf(result: ProcessResult, verdict: Verdict): ExitCode {
  const errors = result.findings.filter((finding) => finding.severity === 'error');
  if (result.root.archive.salvaged || result.archiveErrors > 0) return EXIT.damaged;
  if (errors.some((finding) => finding.check.startsWith('archive'))) return EXIT.damaged;
  const loss = verdict.reasons.some(({ check, severity }) => severity === 'error' && !ITEM_CHECKS.has(check));
  const contradicted = verdict.witnesses.some(({ agrees }) => agrees === false);
  if (errors.length > 0 || !result.root.balanced || loss || contradicted) return EXIT.incomplete;
  return result.itemErrors > 0 || verdict.verdict === 'INCOMPLETE' ? EXIT.itemsImperfect : EXIT.done;
}

const HEADLINES: Readonly<Record<number, string>> = {
  [EXIT.done]: 'Done: every entry is read and accounted for.',
  [EXIT.itemsImperfect]: 'Done: every entry is accounted for, some items are imperfect.',
  [EXIT.damaged]: 'The archive is damaged: what could be saved is saved and counted.',
  [EXIT.incomplete]: 'Done, but something is missing or different.',
};

function summaryOf(
  result: ProcessResult,
  verdict: Verdict,
  location: string,
  out: string,
  milliseconds: number,
  code: number,
): Summary {
  const { root, ledger } = result;
  const shown = out.startsWith('s3://') ? out : resolve(out);
  const rate = octets(Math.round(ledger.nativeBytes / Math.max(0.001, milliseconds / 1000)));
  const lines: SummaryLine[] = [
    {
      label: 'Archive',
      text: `${octets(root.archive.size)} ${root.archive.format}, sha256:${root.archive.sha256.slice(0, 16)}…`,
    },
    { label: 'Entries', text: entriesText(ledger) },
    { label: 'Items', text: itemsText(ledger) },
    {
      label: 'Ledger',
      text: root.balanced ? 'balances: every octet, entry, item and part is accounted for' : unbalanced(ledger),
    },
    { label: 'Issues', text: issuesText(ledger) },
    { label: 'Read', text: `${octets(ledger.nativeBytes)} of mail in ${duration(milliseconds)} (${rate}/s)` },
    { label: 'Manifest', text: `${shown}${shown.endsWith('/') ? '' : '/'}manifest.json` },
    { label: 'Report', text: `${shown}${shown.endsWith('/') ? '' : '/'}report.html` },
  ];
  lines.push({ label: 'Verdict', text: VERDICT_SENTENCES[verdict.verdict] }, ...reasonLines(verdict));
  if (result.resumedShards > 0)
    lines.push({ label: 'Resumed', text: `after ${counted(result.resumedShards, 'finished shard')}` });
  return {
    title: HEADLINES[code] ?? 'Done.',
    lines,
    next: [`mailproof verify ${out}`, `mailproof show ${out} ${root.shards[0]?.firstId ?? '00000000'}`],
    data: {
      exitCode: code,
      ...verdictData(verdict),
      manifest: `${location}/manifest.json`,
      manifestDigest: result.rootDigest,
      archive: { ...root.archive },
      counts: { ...root.counts },
      balanced: root.balanced,
      itemErrors: result.itemErrors,
      archiveErrors: result.archiveErrors,
      resumedShards: result.resumedShards,
      milliseconds: Math.round(milliseconds),
    },
  };
}

function entriesText({ entries }: Ledger): string {
  const parts = [
    counted(entries.items, 'item'),
    counted(entries.directories, 'folder'),
    counted(entries.logs, 'log'),
    counted(entries.other, 'other', 'others'),
    `${number(entries.unreadable)} unreadable`,
  ];
  return `${number(entries.found)} = ${parts.filter((part) => !part.startsWith('0 ')).join(' + ') || 'none'}`;
}

function itemsText({ items, records }: Ledger): string {
  const types = Object.entries(records.byType)
    .filter(([type]) => type !== 'Other')
    .map(([type, count]) => `${number(count)} ${type}`);
  return `${number(items.total)} (${types.join(', ') || 'none'}), ${number(items.readWithIssues)} with issues`;
}

function issuesText({ issues }: Ledger): string {
  const all = Object.entries(issues).sort(([, left], [, right]) => right - left);
  if (all.length === 0) return 'none';
  const shown = all.slice(0, 4).map(([code, count]) => `${number(count)} ${code}`);
  return all.length > 4 ? `${shown.join(', ')}, … (ledger.json)` : shown.join(', ');
}

function unbalanced({ archive, entries, items, parts }: Ledger): string {
  return `does not balance: ${number(archive.unaccounted)} octets, ${number(entries.unaccounted)} entries, ${number(items.unaccounted)} items, ${number(parts.unaccounted)} parts unaccounted for`;
}
