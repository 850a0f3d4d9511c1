import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  type Checkpoint,
  checkpointPath,
  emptyTally,
  ROOT_PATH,
  type RunSettings,
  WORK_PREFIX,
} from '../manifest/index.ts';
import { type ByteSource, MailproofError, readIfThere, type Sink } from '../model/index.ts';

const RUN_PATH = `${WORK_PREFIX}run.json`;

/** What makes two runs the same run: the same octets, read by the same version with the same settings. */
function runKey(source: ByteSource, version: string, settings: RunSettings): string {
  const { etag, version: objectVersion, lastModified } = source.identity;
  const key = JSON.stringify([source.size, etag, objectVersion, lastModified, version, settings]);
  return createHash('sha256').update(key).digest('hex');
}

async function readJson(sink: Sink, path: string): Promise<unknown> {
  const octets = await readIfThere(sink, path);
  if (octets === null) return null;
  try {
    return JSON.parse(octets.toString());
  } catch (error) {
    // What cannot be read is as good as absent: the work is done again.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const numbers = z.record(z.string(), z.number());
const tallyShape = Object.fromEntries(
  Object.entries(emptyTally()).map(([name, value]) => [
    name,
    typeof value === 'number'
      ? z.number()
      : Array.isArray(value)
        ? z.array(z.looseObject({ start: z.number() }))
        : numbers,
  ]),
);
const checkpointSchema = z.object({
  shard: z.looseObject({ records: z.looseObject({ size: z.number() }), count: z.number() }),
  tally: z.object(tallyShape),
  findings: z.array(z.looseObject({ check: z.string() })),
  nextEntry: z.number(),
});

function isCheckpoint(value: unknown): value is Checkpoint {
  return checkpointSchema.safeParse(value).success;
}

/**
 * Makes the destination ours: refuses one that holds a finished run (OUTPUT_EXISTS) or an unfinished one of something
 * else, and returns the checkpoints of an unfinished run of the same archive, in order.
 */
export async function takeDestination(
  sink: Sink,
  source: ByteSource,
  version: string,
  settings: RunSettings,
): Promise<Checkpoint[]> {
  if ((await readJson(sink, ROOT_PATH)) !== null) {
    throw new MailproofError('OUTPUT_EXISTS', `${sink.location} already holds a finished manifest.`, {
      advice: 'Check it with `mailproof verify`, or give another --out.',
    });
  }
  const key = runKey(source, version, settings);
  const begun = await readJson(sink, RUN_PATH);
  if (begun === null) {
    await sink.put(RUN_PATH, Buffer.from(`${JSON.stringify({ key })}\n`));
    return [];
  }
  const same = typeof begun === 'object' && 'key' in begun && begun.key === key;
  if (!same) {
    throw new MailproofError(
      'OUTPUT_EXISTS',
      `${sink.location} holds an unfinished run of another archive, version or set of options.`,
      { advice: 'Give another --out, or remove that folder and run again.' },
    );
  }
  const checkpoints: Checkpoint[] = [];
  for (;;) {
    const checkpoint = await readJson(sink, checkpointPath(checkpoints.length));
    if (!isCheckpoint(checkpoint)) return checkpoints;
    checkpoints.push(checkpoint);
  }
}

/** Removes what only an unfinished run needs. */
export async function clearWork(sink: Sink): Promise<void> {
  const paths: string[] = [];
  for await (const { path } of sink.list(WORK_PREFIX)) paths.push(path);
  for (const path of paths) await sink.remove(path);
}
