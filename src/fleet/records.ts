import { z } from 'zod';
import { WORK_PREFIX } from '../manifest/index.ts';
import { type ByteSource, MailproofError, readIfThere, type Sink } from '../model/index.ts';
import { VERSION } from '../pipeline/version.ts';

/** Where the fleet keeps what one task leaves for the next; removed with the rest of the work when the root is written. */
const FLEET_PREFIX = `${WORK_PREFIX}fleet/`;
export const PLAN_PATH = `${FLEET_PREFIX}plan.json`;
/** The items of the Distributed Map: an array, as its ItemReader wants it. */
export const ITEMS_PATH = `${FLEET_PREFIX}items.json`;
export const DIGEST_PATH = `${FLEET_PREFIX}digest.json`;
const shardName = (shard: number) => String(shard).padStart(6, '0');
export const framesPath = (shard: number): string => `${FLEET_PREFIX}${shardName(shard)}.frames`;
export const receiptPath = (shard: number): string => `${FLEET_PREFIX}${shardName(shard)}.json`;

const whole = z.number().int().min(0);
const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);

const pinSchema = z.strictObject({
  size: whole,
  etag: z.string().nullable(),
  version: z.string().nullable(),
  lastModified: z.string().nullable(),
});

/** What makes two sources the same octets. Its location is no part of it. */
export type SourcePin = z.infer<typeof pinSchema>;

const shardSchema = z.strictObject({
  shard: whole,
  firstEntry: whole,
  nextEntry: whole,
  start: whole,
  end: whole,
  /** `task`: more than a Lambda reads before its time limit. */
  runner: z.enum(['lambda', 'task']),
});
export type PlannedShard = z.infer<typeof shardSchema>;

export const planSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Another version may cut batches or write records in another way: a plan is for one. */
  version: z.string(),
  archive: pinSchema,
  entries: whole,
  /** Contiguous, covering every entry and every octet up to the directory. Empty: one machine has to read it all. */
  shards: z.array(shardSchema),
});
export type FleetPlan = z.infer<typeof planSchema>;

const gapSchema = z.strictObject({ start: whole, end: whole, reason: z.string() });

export const receiptSchema = z.strictObject({
  /** The plan's digest: a shard of another plan is no shard of this one. */
  plan: digest,
  shard: whole,
  frames: z.strictObject({ digest, size: whole, count: whole }),
  records: whole,
  gaps: z.array(gapSchema),
});
/** Written last: a shard without one is not done. */
export type ShardReceipt = z.infer<typeof receiptSchema>;

const findingSchema = z.object({
  check: z.string(),
  severity: z.enum(['info', 'warning', 'error']),
  message: z.string(),
  expected: z.string().optional(),
  found: z.string().optional(),
});

export const digestSchema = z.strictObject({
  plan: digest,
  size: whole,
  sha256: z.string(),
  sha384: z.string(),
  md5: z.string(),
  /** What the checksum S3 holds came to. */
  checked: z.array(findingSchema),
});
export type ArchiveDigestReceipt = z.infer<typeof digestSchema>;

export const pinOf = (source: ByteSource): SourcePin => {
  const { etag, version, lastModified } = source.identity;
  return { size: source.size, etag, version, lastModified };
};

/** Throws SOURCE_CHANGED where the archive or the version is not the plan's. */
export function checkPlan(plan: FleetPlan, source: ByteSource): void {
  if (plan.version !== VERSION) {
    throw new MailproofError('USAGE', `The plan is of version ${plan.version}, this is ${VERSION}.`, {
      advice: 'Plan again: all tasks of a fleet must be of one version.',
    });
  }
  if (JSON.stringify(pinOf(source)) !== JSON.stringify(plan.archive)) {
    throw new MailproofError('SOURCE_CHANGED', `${source.identity.location} is not the archive that was planned.`, {
      advice: 'Plan again, to another destination.',
      details: { planned: plan.archive.size, found: source.size },
      retryable: false,
    });
  }
}

/** Reads a file of the fleet; null where it is not there. Throws MANIFEST_INVALID for what is not of the schema. */
export async function readRecord<T>(sink: Sink, path: string, schema: z.ZodType<T>): Promise<T | null> {
  const octets = await readIfThere(sink, path);
  if (octets === null) return null;
  try {
    return schema.parse(JSON.parse(octets.toString()));
  } catch (cause) {
    throw new MailproofError('MANIFEST_INVALID', `${sink.location}/${path} is not what the fleet writes there.`, {
      cause,
    });
  }
}
