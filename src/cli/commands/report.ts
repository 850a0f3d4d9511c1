import { randomBytes } from 'node:crypto';
import { type ManifestReader, REPORT_PATH, ROOT_PATH } from '../../manifest/index.ts';
import { type Finding, isThere, MailproofError } from '../../model/index.ts';
import type { Statistics, Timestamp } from '../../report/index.ts';
import type { CheckRunResult, SourceFacts, Verdict } from '../../verify/index.ts';
import type { CommonOptions, Context } from '../context.ts';
import { octets } from '../units.ts';
import { reasonLines, VERDICT_EXITS, VERDICT_SENTENCES, verdictData } from '../verdict.ts';

export const DECLARATION_PATH = 'declaration.html';
export const TIMESTAMP_PATH = 'timestamp.tsr';

export interface ReportOptions extends CommonOptions {
  readonly outputLog?: string;
  /** Writes the summary tables too. */
  readonly tables?: boolean;
  /** Writes a draft declaration for counsel too. */
  readonly declaration?: boolean;
  /** URL of a time stamping authority to be asked for a stamp of manifest.json. */
  readonly timestamp?: string;
  /** File with the certificates that authority is trusted by, PEM. */
  readonly timestampAuthority?: string;
}

export interface ReportWritten {
  readonly location: string;
  readonly size: number;
}

/** Writes `report.html` beside the manifest, from a verification that was just made. */
export async function writeReport(
  manifest: ManifestReader,
  verified: Pick<CheckRunResult, 'findings' | 'verdict' | 'checks' | 'logs'>,
  facts: SourceFacts | null,
  signal: AbortSignal,
  timestamp: Timestamp | null,
  statistics: Statistics,
): Promise<ReportWritten> {
  const { renderReport } = await import('../../report/index.ts');
  const page = renderReport({
    root: manifest.root,
    ledger: await manifest.ledger(),
    findings: distinct(verified.findings),
    verdict: verified.verdict,
    checks: verified.checks,
    logs: verified.logs,
    custody: await manifest.custody(),
    statistics,
    facts,
    manifestDigest: manifest.digest,
    timestamp,
  });
  const { sink } = manifest;
  const { size } = await sink.put(REPORT_PATH, Buffer.from(page), { mediaType: 'text/html; charset=utf-8', signal });
  const { listBeside } = await import('../../verify/index.ts');
  await listBeside(sink, REPORT_PATH, signal);
  return { location: `${sink.location.replace(/\/$/, '')}/${REPORT_PATH}`, size };
}

/** The checks repeat what the run itself recorded: once is enough for a reader. */
function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}

/** `report DEST`: verifies what can be verified without the archive and writes the page. Exits as `verify` does. */
export async function reportCommand(context: Context, dest: string, options: ReportOptions): Promise<number> {
  const { printer, signal } = context;
  const [
    { openSink },
    { ManifestReader },
    { checkRun, NO_FACTS },
    { factsIn, readOutputLogFile, rootDigestIn, sourceFindingsIn },
  ] = await Promise.all([
    import('../sink.ts'),
    import('../../manifest/index.ts'),
    import('../../verify/index.ts'),
    import('../facts.ts'),
  ]);
  const manifest = await ManifestReader.open(await openSink(context, dest, {}));
  const custody = await manifest.custody();
  const recorded = factsIn(custody) ?? NO_FACTS;
  const given = options.outputLog === undefined ? [] : [await readOutputLogFile(options.outputLog)];
  const facts = { ...recorded, outputLogs: [...recorded.outputLogs, ...given] };
  const silent = { ...printer, finding: () => undefined };
  const { StatisticsCollector } = await import('../../report/index.ts');
  const collector = new StatisticsCollector();
  const observe = collector.take.bind(collector);
  const verified = await checkRun({
    manifest,
    facts,
    findings: sourceFindingsIn(custody),
    rootDigest: rootDigestIn(custody),
    observe,
    reporter: silent,
    signal,
  });
  const timestamp = await stampManifest(manifest, options, context);
  const report = await writeReport(manifest, verified, facts, signal, timestamp, collector.finish());
  const tables = options.tables === true ? await writeTables(manifest, verified.verdict, facts, signal) : [];
  const declaration = options.declaration === true ? await writeDeclaration(manifest) : null;
  printer.summary({
    title: VERDICT_SENTENCES[verified.verdict.verdict],
    lines: [
      { label: 'Report', text: `${report.location} (${octets(report.size)})` },
      ...(timestamp === null ? [] : [{ label: 'Stamped', text: `${timestamp.time} by ${timestamp.authority}` }]),
      ...(tables.length === 0 ? [] : [{ label: 'Tables', text: tables.join(', ') }]),
      ...(declaration === null ? [] : [{ label: 'Draft', text: `${declaration} (for counsel)` }]),
      ...reasonLines(verified.verdict),
    ],
    next: verified.verdict.next,
    data: {
      exitCode: VERDICT_EXITS[verified.verdict.verdict],
      report: report.location,
      reportSize: report.size,
      tables,
      declaration,
      timestamp: timestamp === null ? null : { ...timestamp },
      ...verdictData(verified.verdict),
    },
  });
  return VERDICT_EXITS[verified.verdict.verdict];
}

/** Writes every table twice, as it is read: CSV for spreadsheets, JSON lines for programs. Returns the paths. */
async function writeTables(
  manifest: ManifestReader,
  verdict: Verdict,
  facts: SourceFacts,
  signal: AbortSignal,
): Promise<string[]> {
  const { csvLines, jsonLines, summaryTables } = await import('../../verify/index.ts');
  const paths: string[] = [];
  for (const table of summaryTables({ manifest, ledger: await manifest.ledger(), verdict, facts, signal })) {
    const forms = [
      { ending: 'csv', lines: csvLines(table.columns, table.rows()) },
      { ending: 'jsonl', lines: jsonLines(table.columns, table.rows()) },
    ];
    for (const { ending, lines } of forms) {
      const path = `tables/${table.name.toLowerCase()}.${ending}`;
      await manifest.sink.put(path, octetsOf(lines), { signal });
      paths.push(path);
    }
  }
  return paths;
}

async function* octetsOf(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const line of lines) yield Buffer.from(line);
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

/** Octets of a file of the run. */
async function octetsAt({ sink }: ManifestReader, path: string, signal: AbortSignal): Promise<Uint8Array> {
  const source = await sink.open(path);
  try {
    return await source.bytes(0, source.size, signal);
  } finally {
    await source.close();
  }
}

/**
 * Asks the authority for a stamp of manifest.json and keeps it beside the manifest, once it is known to be valid. Without an
 * authority's address the stamp that was kept is verified again, and nobody is asked.
 */
async function stampManifest(
  manifest: ManifestReader,
  { timestamp: url, timestampAuthority: file }: ReportOptions,
  { printer, signal }: Pick<Context, 'printer' | 'signal'>,
): Promise<Timestamp | null> {
  const isKept = await isThere(manifest.sink, TIMESTAMP_PATH);
  const kept = `${TIMESTAMP_PATH} of ${manifest.sink.location}`;
  if (url === undefined && file === undefined) {
    if (isKept) printer.note(`${kept} was not verified: name its authority with --timestamp-authority FILE.pem.`);
    return null;
  }
  if (file === undefined) {
    throw new MailproofError('USAGE', 'A time stamp cannot be verified without its authority’s certificate.', {
      advice: 'Give the certificates with --timestamp-authority FILE.pem.',
    });
  }
  const [{ readFile }, { requestTimestamp }, { timestampRequest, verifyTimestamp }] = await Promise.all([
    import('node:fs/promises'),
    import('../../io/timestamp-authority.ts'),
    import('../../report/index.ts'),
  ]);
  const authorities = [
    await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new MailproofError('SOURCE_NOT_FOUND', `The certificates ${file} cannot be read.`, { cause });
    }),
  ];
  const octets = await octetsAt(manifest, ROOT_PATH, signal);
  if (url === undefined) {
    if (!isKept) {
      throw new MailproofError('SOURCE_NOT_FOUND', `There is no ${kept}.`, {
        advice: 'Ask an authority for one with --timestamp URL.',
      });
    }
    const response = await octetsAt(manifest, TIMESTAMP_PATH, signal);
    const result = await verifyTimestamp({ response, octets, authorities });
    if (result.valid) return result.stamp;
    throw new MailproofError('MANIFEST_INVALID', `${kept} is no valid stamp of manifest.json: ${result.reason}.`, {
      advice: 'Check that the certificates are those of its authority; restore both files from a copy.',
    });
  }
  // The earlier stamp is the one that proves more, and cannot be had again.
  if (isKept) {
    throw new MailproofError('OUTPUT_EXISTS', `There is a ${kept} already.`, {
      advice: 'Verify it with --timestamp-authority alone, or move it elsewhere to ask for another.',
    });
  }
  const nonce = randomBytes(8);
  const response = await requestTimestamp(url, timestampRequest({ sha256: manifest.digest, nonce }), { signal });
  const result = await verifyTimestamp({ response, octets, authorities, nonce });
  if (!result.valid) {
    throw new MailproofError('SOURCE_UNREADABLE', `The time stamp of ${url} is not valid: ${result.reason}.`);
  }
  const how = { mediaType: 'application/timestamp-reply', ifAbsent: true, signal };
  await manifest.sink.put(TIMESTAMP_PATH, response, how);
  return result.stamp;
}
