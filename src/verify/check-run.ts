import { type ManifestReader, recordFault } from '../manifest/index.ts';
import type { ByteSource, Finding, ItemRecord, Reporter } from '../model/index.ts';
import { ArchivePass } from './archive-pass/archive-reading.ts';
import { type BatchDigester, inlineDigester } from './archive-pass/entry-digest.ts';
import { NativeJoin } from './archive-pass/native-join.ts';
import { carriedOver, keptProgress, type Resumption, stateOf } from './archive-pass/resumption.ts';
import { coverage, EVERY_ENTRY, OrdinalSet, sampleOf, type WantedEntries } from './archive-pass/sample.ts';
import type { AheadContext, Check, CheckContext, CheckOutcome, FileRead, PlacedRecord, RecordCheck } from './check.ts';
import { compareWithEarlier } from './checks/earlier-manifest.ts';
import { allChecks, recordChecks } from './checks/index.ts';
import { RunCounts } from './checks/run-counts.ts';
import { NO_FACTS, type OutputLogFound, type SourceFacts } from './facts.ts';
import { FindingList } from './finding-list.ts';
import { type LogReading, readLog, setApart } from './output-log/log-reading.ts';
import { placedRecords } from './record-pass.ts';
import { ledgerOf, logValues, recordedFindings } from './recorded.ts';
import { decideVerdict, type Verdict } from './verdict.ts';
import { logWitness, type Witness } from './witness.ts';

export interface CheckRunInput {
  readonly manifest: ManifestReader;
  /** The archive, to be read again from end to end. */
  readonly source?: ByteSource | null;
  readonly facts?: SourceFacts | null;
  /** Logs beyond those in `facts` and in the archive. */
  readonly outputLogs?: readonly OutputLogFound[];
  /** A manifest of an earlier export of the same mailbox. */
  readonly earlier?: ManifestReader | null;
  /** What others asked of the live mailbox found. */
  readonly witnesses?: readonly Witness[];
  readonly findings?: readonly Finding[];
  /** `sha256:<hex>` of manifest.json as noted elsewhere. */
  readonly rootDigest?: string | null;
  /** Share of the entries to read again, 0 to 1. Absent: all. Of a sound zip nothing else is read then. */
  readonly sample?: number;
  /** Draws another sample: say, the month of the check. */
  readonly sampleSeed?: string;
  /** RFC 3339: read again only the entries of items sent since then. */
  readonly since?: string;
  /** Takes all hashes of the whole archive again, and so reads all of it; absent: those that something rests on. */
  readonly allDigests?: boolean;
  /** Where batches are digested. Absent: in this thread. */
  readonly digester?: BatchDigester;
  /** Keeps how far it is and goes on from there. Absent: it begins at the beginning. */
  readonly resumption?: Resumption;
  /** Sees every record the checks see: who wants counts of his own need not read them again. */
  readonly observe?: (record: ItemRecord) => void;
  /** The run that is checked was written by this very process: fewer records are held to the whole schema. */
  readonly justWritten?: boolean;
  readonly reporter: Reporter;
  readonly signal?: AbortSignal;
}

export interface CheckRunResult {
  readonly findings: readonly Finding[];
  readonly verdict: Verdict;
  readonly checks: readonly CheckOutcome[];
  /** Every output log there is, as the verdict understood it. */
  readonly logs: readonly LogReading[];
  /** Entries whose octets were read again and are those the manifest names; null without the archive. */
  readonly matchedEntries: number | null;
}

/** Entries of items sent since an instant. Dates are compared as instants: senders write them with their own offsets. */
async function sentSince(manifest: ManifestReader, since: string, signal?: AbortSignal): Promise<WantedEntries> {
  const from = Date.parse(since);
  const ordinals = new OrdinalSet();
  const pass = { faults: new FindingList('record-schema', 0), files: new Map(), signal };
  for await (const { records } of placedRecords(manifest, pass)) {
    for (const { record } of records) {
      const item = record.event ?? record.task;
      const instant = Date.parse(record.email?.sentAt ?? item?.start?.utc ?? '');
      // What has no date may be of any time: it is read.
      if (!(instant < from)) ordinals.add(record.source.index);
    }
  }
  return (ordinal) => ordinals.has(ordinal);
}

async function wantedEntries(input: CheckRunInput): Promise<WantedEntries> {
  const { manifest, sample, since, sampleSeed = '', signal } = input;
  const drawn = sample === undefined ? EVERY_ENTRY : sampleOf(sample, `${manifest.digest}:${sampleSeed}`);
  if (since === undefined) return drawn;
  const recent = await sentSince(manifest, since, signal);
  return (ordinal) => drawn(ordinal) && recent(ordinal);
}

/**
 * Records held to the whole schema: the first so many, one in so many of the rest, and each a check stumbles over. The
 * schema costs a third of reading a record, and the shards' digests vouch for all of them.
 */
const examined = (number: number): boolean => number < 4096 || number % 8 === 0;
const examinedWhenWritten = (number: number): boolean => number < 256 || number % 64 === 0;

/** Lets the checks see a batch; a record of no known shape is a fault, not their crash. Returns the others. */
function takeRecords(
  records: readonly PlacedRecord[],
  takers: readonly Pick<RecordCheck, 'take'>[],
  faults: FindingList,
): PlacedRecord[] {
  return records.filter((placed) => {
    try {
      for (const taker of takers) taker.take(placed);
      return true;
    } catch (error) {
      const fault = recordFault(placed.record);
      if (fault === null) throw error;
      const where = `Shard ${placed.shard} holds a line at octet ${placed.offset}`;
      faults.add('error', `${where} that is no record: ${fault}.`);
      return false;
    }
  });
}

/**
 * Verifies a run: its files, its own consistency, the archive behind it and what witnesses say, in one pass over the
 * records and one over the archive, side by side. Throws for what is no finding: access, network, cancellation.
 */
export async function checkRun(input: CheckRunInput): Promise<CheckRunResult> {
  const { manifest, source = null, reporter, signal } = input;
  const facts = input.facts ?? NO_FACTS;
  const wanted = source === null ? EVERY_ENTRY : await wantedEntries(input);
  const digester = input.digester ?? inlineDigester;
  const progress = (value: Parameters<Reporter['progress']>[0]) => reporter.progress(value);
  const given = [...(input.outputLogs ?? []), ...facts.outputLogs];
  const all = input.allDigests ?? false;
  const digests = { sha384: all || given.some(({ values }) => 'sha384Hash' in values), md5: all };
  const kept = source === null ? null : keptProgress(input.resumption, manifest, source, input);
  const from = (await kept?.load()) ?? null;
  const root = manifest.root;
  const sparing = !all && (wanted !== EVERY_ENTRY || from !== null);
  const pass = { digester, wanted, root, sparing, from: from?.pass ?? null, digests, progress, signal };
  const reading = source === null ? null : new ArchivePass({ source, ...pass });
  const between = async (): Promise<void> => kept?.offer(reading?.octetsRead ?? 0, () => stateOf(reading, join));
  const join: NativeJoin | null =
    reading === null ? null : new NativeJoin(reading, wanted, from?.join ?? null, between);
  const counts = new RunCounts();
  const faults = new FindingList('record-schema');
  const filesRead = new Map<string, FileRead>();
  const ofRecords = recordChecks();
  const checked = allChecks(ofRecords, faults, join, coverage(input));
  const filesAhead = new Map<string, FileRead>();
  const ahead = readAhead(checked, { manifest, filesAhead, signal });
  // A failure is thrown when the records have been read; until then it must not count as unhandled.
  ahead.catch(() => undefined);
  const { observe, justWritten = false } = input;
  const observer = observe === undefined ? [] : [{ take: ({ record }: PlacedRecord) => observe(record) }];
  const takers = [counts, ...ofRecords, ...observer];
  const examine = justWritten ? examinedWhenWritten : examined;
  let shard = -1;
  try {
    for await (const batch of placedRecords(manifest, { faults, files: filesRead, signal, examine })) {
      if (batch.shard !== shard) for (const check of ofRecords) check.begin?.(batch.shard, batch.places);
      shard = batch.shard;
      const records = takeRecords(batch.records, takers, faults);
      await join?.take(records);
      if (join === null) progress(recordProgress(manifest, counts));
    }
    await join?.finish();
    await ahead;
  } finally {
    await Promise.allSettled([ahead]);
    await join?.close();
    await kept?.settle();
  }
  const ledger = await ledgerOf(manifest);
  const holdings = { counts, ledger, archive: manifest.root.archive };
  const inside = counts.logsInside.map(({ where, detail }) => ({ where, values: logValues(detail) }));
  const logs = setApart([...given, ...inside].map((log) => readLog(log, holdings, facts.job, facts.object)));
  const context: CheckContext = {
    manifest,
    ledger,
    recorded: await recordedFindings(manifest, signal),
    facts,
    source,
    counts,
    filesRead,
    filesAhead,
    reading,
    logs,
    rootDigest: input.rootDigest ?? null,
    signal,
  };
  const findings: Finding[] = [...(input.findings ?? [])];
  const checks: CheckOutcome[] = [];
  for (const check of checked) {
    const reason = check.unable?.(context) ?? null;
    if (reason !== null) {
      checks.push({ check: check.name, outcome: 'skipped', findings: 0, reason });
      continue;
    }
    const before = findings.length;
    for await (const found of check.run(context)) findings.push(found);
    const count = findings.length - before;
    checks.push({ check: check.name, outcome: count === 0 ? 'passed' : 'found', findings: count, reason: null });
  }
  const witnesses = [...logs.filter(({ ofAnother }) => !ofAnother).map(logWitness), ...(input.witnesses ?? [])];
  if (input.earlier) {
    const earlier = await compareWithEarlier(input.earlier, manifest, signal);
    findings.push(...earlier.findings);
    witnesses.push(earlier.witness);
  }
  await kept?.clear();
  for (const found of findings) reporter.finding(found);
  const verdict = decideVerdict(findings, witnesses, carriedOver(kept, reading));
  return { findings, verdict, checks, logs, matchedEntries: join?.matched ?? null };
}

/** What the checks can read beside the records: one file after the other, so that it takes no memory to speak of. */
async function readAhead(checks: readonly Check[], context: AheadContext): Promise<void> {
  for (const check of checks) await check.ahead?.(context);
}

function recordProgress(manifest: ManifestReader, counts: RunCounts): Parameters<Reporter['progress']>[0] {
  return {
    phase: 'verify',
    bytes: 0,
    totalBytes: null,
    entries: counts.entries,
    totalEntries: manifest.root.counts.entries,
    records: counts.records,
    issues: 0,
  };
}
