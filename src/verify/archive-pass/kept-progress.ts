import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ManifestReader } from '../../manifest/index.ts';
import { findingSchema, issueSchema } from '../../manifest/schema.ts';
import { type ByteSource, type Finding, ISSUE_SEVERITIES, type IssueCode } from '../../model/index.ts';

/** Where the progress of a verification is kept, so that one that is killed can be gone on with. */
export interface ProgressStore {
  /** For people: a path. */
  readonly location: string;
  /** What was saved last, or null. */
  load(): Promise<Uint8Array | null>;
  /** Replaces what was saved, whole or not at all. */
  save(octets: Uint8Array): Promise<void>;
  clear(): Promise<void>;
}

/** Octets of the archive between two savings: a second's work is lost at most, and saving costs nothing to speak of. */
const SAVE_EVERY = 64 * 1024 * 1024;

const finding = z.custom<Finding>((value) => findingSchema.safeParse(value).success);
const issueCode = z.custom<IssueCode>((value) => typeof value === 'string' && Object.hasOwn(ISSUE_SEVERITIES, value));
const digest = z.templateLiteral(['sha256:', z.string()]).nullable();
const count = z.number().int().nonnegative();

/** How far the walk along records and entries is: between two batches of entries, where nothing is half done. */
const joinState = z.object({
  /** Records that have been held to an entry. */
  records: count,
  matched: count,
  displaced: count,
  last: z.object({ index: z.number().int(), digest }),
  findings: z.object({ kept: z.array(finding), omitted: count, worst: findingSchema.shape.severity }),
  waitingRecords: z.array(
    z.object({
      record: z.string(),
      entry: z.string(),
      offset: count,
      digest,
      size: count,
      issues: z.array(z.string()),
    }),
  ),
  waitingEntries: z.array(
    z.object({
      ordinal: count,
      path: z.string(),
      directory: z.boolean(),
      offset: count,
      size: count,
      digest,
      issues: z.array(issueSchema.extend({ code: issueCode })),
    }),
  ),
});
const passState = z.object({
  /** The entry to go on with. */
  nextEntry: count,
  entriesRead: count,
  entriesSkipped: count,
});
const keptState = z.object({ join: joinState, pass: passState });

export type JoinState = z.infer<typeof joinState>;
export type PassState = z.infer<typeof passState>;
export type KeptState = z.infer<typeof keptState>;

const sealed = z.object({ key: z.string(), sha256: z.string(), state: z.string() });

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * What makes two verifications the same one: the manifest, the archive pinned to one state, the version of the program
 * and what it was asked to read. Null where the source cannot say which state it is in: then nothing is kept.
 */
export function progressKey(manifest: ManifestReader, source: ByteSource, settings: readonly unknown[]): string | null {
  const { location, version, etag, lastModified } = source.identity;
  if (etag === null && version === null) return null;
  return sha256(JSON.stringify([manifest.digest, location, version, etag, lastModified, source.size, settings]));
}

/** The kept progress of one verification. What is stale, cut, altered or of anything else is as good as absent. */
export class KeptProgress {
  readonly #store: ProgressStore;
  readonly #key: string;
  readonly #every: number;
  #saved = 0;
  #saving: Promise<void> = Promise.resolve();
  /** Why progress could not be kept; null where it could. Verifying goes on without. */
  failure: unknown = null;

  constructor(store: ProgressStore, key: string, every: number = SAVE_EVERY) {
    this.#store = store;
    this.#key = key;
    this.#every = every;
  }

  async load(): Promise<KeptState | null> {
    const octets = await this.#store.load();
    if (octets === null) return null;
    try {
      const { key, sha256: seal, state } = sealed.parse(JSON.parse(Buffer.from(octets).toString()));
      if (key !== this.#key || seal !== sha256(state)) return null;
      return keptState.parse(JSON.parse(state));
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
      throw error;
    }
  }

  /** Saves what `state` gives when enough was read since the last time. Reading goes on meanwhile. */
  async offer(octets: number, state: () => KeptState | null): Promise<void> {
    if (this.failure !== null || octets - this.#saved < this.#every) return;
    const kept = state();
    this.#saved = octets;
    await this.#saving;
    if (kept === null) {
      await this.#store.clear();
      return;
    }
    const text = JSON.stringify(kept);
    const file = Buffer.from(`${JSON.stringify({ key: this.#key, sha256: sha256(text), state: text })}\n`);
    this.#saving = this.#store.save(file).catch((error: unknown) => {
      this.failure = error;
    });
  }

  /** Waits for what is being saved. */
  async settle(): Promise<void> {
    await this.#saving;
  }

  /** Removes what was kept: the verification is at its end. */
  async clear(): Promise<void> {
    await this.#saving;
    await this.#store.clear();
  }
}
