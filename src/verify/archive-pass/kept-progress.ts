import { createHash } from 'node:crypto';
import { z } from 'zod';
import { findingSchema, issueSchema } from '../../manifest/schema.ts';
import { type Finding, ISSUE_SEVERITIES, type IssueCode, MailproofError } from '../../model/index.ts';
import { type Bind, bindDifference, bindSchema } from './bind.ts';
import type { EarlierPart } from './carried-over.ts';

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

/** A `FindingList`, as it is kept. */
export const findingListState = z.object({
  kept: z.array(finding),
  omitted: count,
  worst: findingSchema.shape.severity,
});

/** How far the walk along records and entries is: between two batches of entries, where nothing is half done. */
const joinState = z.object({
  /** Records that have been held to an entry. */
  records: count,
  matched: count,
  displaced: count,
  last: z.object({ index: z.number().int(), digest }),
  findings: findingListState,
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
export const keptState = z.object({ join: joinState, pass: passState });

export type JoinState = z.infer<typeof joinState>;
export type PassState = z.infer<typeof passState>;
export type KeptState = z.infer<typeof keptState>;

const earlierPart: z.ZodType<EarlierPart> = z.object({ startedAt: z.string(), savedAt: z.string(), entries: count });
const sealed = z.object({ bind: bindSchema, parts: z.array(earlierPart), state: z.string(), sha256: z.string() });
type Sealed = z.infer<typeof sealed>;

const sealOf = ({ bind, parts, state }: Omit<Sealed, 'sha256'>): string =>
  createHash('sha256')
    .update(JSON.stringify([bind, parts, state]))
    .digest('hex');

export interface KeptOptions<State> {
  readonly store: ProgressStore;
  readonly bind: Bind;
  readonly schema: z.ZodType<State>;
  /** RFC 3339. */
  readonly now: () => string;
  readonly everyOctets?: number | undefined;
}

/**
 * The kept progress of one verification. What was kept of another one, or was altered, is refused: to begin anew in silence
 * would lose hours of work to a mistyped option, and to go on would claim what nobody read. The seal tells accidents; it
 * holds no secret, so the store must be one that only whoever verifies can write to.
 */
export class KeptProgress<State> {
  readonly #options: KeptOptions<State>;
  readonly #startedAt: string;
  #saved = 0;
  #saving: Promise<void> = Promise.resolve();
  /** The parts that went before, once loaded. */
  parts: readonly EarlierPart[] = [];
  /** Why progress could not be kept; null where it could. Verifying goes on without. */
  failure: unknown = null;

  constructor(options: KeptOptions<State>) {
    this.#options = options;
    this.#startedAt = options.now();
  }

  /** What was kept, or null where nothing was. Throws STATE_REFUSED. */
  async load(): Promise<State | null> {
    const { store, bind, schema } = this.#options;
    const octets = await store.load();
    if (octets === null) return null;
    const kept = parsed(sealed, Buffer.from(octets).toString());
    if (kept === null || kept.sha256 !== sealOf(kept)) throw this.#refused('it was cut or altered');
    const difference = bindDifference(kept.bind, bind);
    if (difference !== null) throw this.#refused(`it is of ${difference}`);
    const state = parsed(schema, kept.state);
    if (state === null) throw this.#refused('it was cut or altered');
    this.parts = kept.parts;
    return state;
  }

  /** Saves what `state` gives when enough was read since the last time. Reading goes on meanwhile. */
  async offer(octets: number, state: () => { readonly state: State; readonly entries: number } | null): Promise<void> {
    const { store, bind, now, everyOctets = SAVE_EVERY } = this.#options;
    if (this.failure !== null || octets - this.#saved < everyOctets) return;
    const kept = state();
    this.#saved = octets;
    await this.#saving;
    if (kept === null) {
      await store.clear();
      return;
    }
    const part = { startedAt: this.#startedAt, savedAt: now(), entries: kept.entries };
    const content = { bind, parts: [...this.parts, part], state: JSON.stringify(kept.state) };
    const file = Buffer.from(`${JSON.stringify({ ...content, sha256: sealOf(content) })}\n`);
    this.#saving = store.save(file).catch((error: unknown) => {
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
    await this.#options.store.clear();
  }

  #refused(why: string): MailproofError {
    const { location } = this.#options.store;
    return new MailproofError('STATE_REFUSED', `${location} cannot be gone on with: ${why}.`, {
      advice: 'Run the command that was interrupted again, or remove the file to begin anew.',
      details: { path: location },
    });
  }
}

/** A text as JSON of a known shape; null where it is none. */
function parsed<Value>(schema: z.ZodType<Value>, text: string): Value | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
