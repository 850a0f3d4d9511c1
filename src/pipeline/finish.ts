import {
  compareRows,
  FINDINGS_PATH,
  type IndexFile,
  type IndexName,
  type IndexRow,
  LEDGER_PATH,
  MEDIA_TYPES,
  readLines,
  runOf,
  runPath,
  ThreadGroups,
  writeIndex,
} from '../manifest/index.ts';
import type { ByteSource, Descriptor, Finding, Ledger, Sink } from '../model/index.ts';

async function withRuns<T>(sink: Sink, paths: readonly string[], use: (runs: ByteSource[]) => Promise<T>): Promise<T> {
  const runs: ByteSource[] = [];
  try {
    for (const path of paths) runs.push(await sink.open(path));
    return await use(runs);
  } finally {
    await Promise.all(runs.map((run) => run.close()));
  }
}

/** A message's line of a thread run: its hashes, and where its record lies. */
function threadLine(line: string): { hashes: number[]; row: Omit<IndexRow, 'key'> } {
  const value: unknown = JSON.parse(line);
  if (!Array.isArray(value)) throw new RangeError('a thread run holds a line that is no array');
  const [hashes, id, shard, offset, length]: unknown[] = value;
  return {
    hashes: Array.isArray(hashes) ? hashes.map(Number) : [],
    row: { id: String(id), shard: Number(shard), offset: Number(offset), length: Number(length) },
  };
}

/** Joins every message to its thread, then names each shard's messages by thread and merges them. */
async function writeThreads(sink: Sink, shards: readonly number[], signal?: AbortSignal): Promise<IndexFile> {
  const groups = new ThreadGroups();
  const each = async (shard: number, use: (line: ReturnType<typeof threadLine>) => void) => {
    await withRuns(sink, [runPath('thread', shard)], async ([run]) => {
      if (run === undefined) return;
      for await (const lines of readLines(run, signal)) for (const line of lines) use(threadLine(line.text));
    });
  };
  for (const shard of shards) await each(shard, ({ hashes }) => groups.join(hashes));
  const paths: string[] = [];
  for (const shard of shards) {
    const rows: IndexRow[] = [];
    await each(shard, ({ hashes, row }) => rows.push({ key: groups.name(hashes[0] ?? 0), ...row }));
    const path = `${runPath('thread', shard)}.sorted`;
    // Made again by a run that is resumed: it need not outlive the machine's power.
    await sink.put(path, runOf(rows.sort(compareRows)), { durable: false });
    paths.push(path);
  }
  return withRuns(sink, paths, (runs) => writeIndex(sink, 'thread', runs, signal));
}

/** Writes the indexes from the shards' runs. */
export async function writeIndexes(sink: Sink, shardCount: number, signal?: AbortSignal): Promise<IndexFile[]> {
  const shards = Array.from({ length: shardCount }, (_, shard) => shard);
  const merged = async (name: Exclude<IndexName, 'thread'>) => {
    const paths = shards.map((shard) => runPath(name, shard));
    return withRuns(sink, paths, (runs) => writeIndex(sink, name, runs, signal));
  };
  const messageIds = await merged('message-id');
  const threads = await writeThreads(sink, shards, signal);
  return [messageIds, threads, await merged('digest'), await merged('uid')];
}

/** Writes ledger and findings; returns their descriptors. */
export async function writeAccounts(
  sink: Sink,
  ledger: Ledger,
  findings: readonly Finding[],
): Promise<{ ledger: Descriptor; findings: Descriptor }> {
  const put = async (path: string, mediaType: string, text: string): Promise<Descriptor> => {
    const { size, digest } = await sink.put(path, Buffer.from(text), { mediaType });
    return { mediaType, digest, size, annotations: { path } };
  };
  return {
    ledger: await put(LEDGER_PATH, MEDIA_TYPES.ledger, `${JSON.stringify(ledger, null, 2)}\n`),
    findings: await put(
      FINDINGS_PATH,
      MEDIA_TYPES.findings,
      findings.map((finding) => `${JSON.stringify(finding)}\n`).join(''),
    ),
  };
}
