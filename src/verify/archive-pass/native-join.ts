import type { Digest, ItemRecord } from '../../model/index.ts';
import type { PlacedRecord } from '../check.ts';
import { FindingList } from '../finding-list.ts';
import type { ArchivePass } from './archive-reading.ts';
import type { EntryDigest } from './entry-digest.ts';
import type { JoinState } from './kept-progress.ts';
import { Pending } from './pending.ts';
import type { WantedEntries } from './sample.ts';

/** What the manifest says of an entry: as much of its record as is compared. */
interface Expected {
  readonly record: string;
  readonly entry: string;
  readonly offset: number;
  readonly digest: Digest | null;
  readonly size: number;
  readonly issues: ReadonlySet<string>;
}

/** Halves that wait for each other, at most: an archive in quite another order is not worth the memory. */
const PENDING_LIMIT = 100_000;
/** With more of them waiting than this, how far the walk is takes too long to write down: it is not. */
const KEPT_LIMIT = 1_000;

const expectedOf = ({ id, source, native, issues }: ItemRecord): Expected => ({
  record: id,
  entry: source.entry,
  offset: source.offset,
  digest: native?.digest ?? null,
  size: native?.size ?? 0,
  issues: new Set(issues.map(({ code }) => code)),
});

/**
 * Walks the archive's entries and the manifest's records side by side and holds each entry's octets to what its record
 * says. Both are in the archive's order; where an entry was added, removed or moved, the halves that do not fit wait for
 * each other by name, so that the one that is missing is named and not all that come after it.
 */
export class NativeJoin {
  readonly findings = new FindingList('native-digest');
  readonly #pass: ArchivePass;
  readonly #wanted: WantedEntries;
  readonly #batches: AsyncGenerator<readonly EntryDigest[]>;
  #batch: readonly EntryDigest[] = [];
  #place = 0;
  #ended = false;
  readonly #records = new Pending<Expected>();
  readonly #entries = new Pending<EntryDigest>();
  #last: { readonly index: number; readonly digest: Digest | null } = { index: -1, digest: null };
  #matched = 0;
  #displaced = 0;
  /** Records held to an entry so far, and those of them an earlier walk had done. */
  #taken = 0;
  readonly #done: number;
  readonly #between: () => Promise<void>;

  /** @param between called between two batches, where `state` can be kept */
  constructor(pass: ArchivePass, wanted: WantedEntries, from: JoinState | null, between: () => Promise<void>) {
    this.#pass = pass;
    this.#wanted = wanted;
    this.#batches = pass.entries();
    this.#between = between;
    this.#done = from?.records ?? 0;
    if (from === null) return;
    this.#matched = from.matched;
    this.#displaced = from.displaced;
    this.#last = from.last;
    this.findings.restore(from.findings);
    for (const each of from.waitingRecords) this.#records.put(each.entry, { ...each, issues: new Set(each.issues) });
    for (const each of from.waitingEntries) this.#entries.put(each.path, each);
  }

  /** How far the walk is, to go on from there another time; null where too much is waiting. */
  get state(): JoinState | null {
    if (this.#records.size + this.#entries.size > KEPT_LIMIT) return null;
    return {
      records: this.#taken,
      matched: this.#matched,
      displaced: this.#displaced,
      last: { ...this.#last },
      findings: this.findings.state,
      waitingRecords: [...this.#records].map((each) => ({ ...each, issues: [...each.issues] })),
      waitingEntries: [...this.#entries].map((each) => ({ ...each, issues: [...each.issues] })),
    };
  }

  /** Entries whose octets are those the manifest names. */
  get matched(): number {
    return this.#matched;
  }

  /** Entries that do not begin at the octet the manifest names: the archive was written anew. */
  get displaced(): number {
    return this.#displaced;
  }

  /** The next batch of records. */
  async take(records: readonly PlacedRecord[]): Promise<void> {
    for (const { record } of records) {
      const { index } = record.source;
      if (record.family.depth > 0 || !this.#wanted(index)) continue;
      if (this.#taken < this.#done) {
        this.#taken++;
        continue;
      }
      const expected = expectedOf(record);
      if (index === this.#last.index) this.#takeComponent(expected);
      else {
        // Most batches are at hand: only their ends cost a wait.
        const entry = this.#place < this.#batch.length ? this.#batch[this.#place++] : await this.#next();
        this.#last = { index, digest: expected.digest };
        this.#step(expected, entry);
      }
      this.#taken++;
    }
  }

  /** Components of one calendar file share its octets: the first speaks for the entry, the rest must say the same. */
  #takeComponent({ entry, record, digest }: Expected): void {
    if (digest === this.#last.digest) return;
    this.findings.add('error', `Records of ${entry} do not agree about its octets.`, { entry, record });
  }

  /** Reads what is left of the archive, and names what found no other half. */
  async finish(): Promise<void> {
    for (let entry = await this.#next(); entry !== undefined; entry = await this.#next()) this.#step(undefined, entry);
    const renamed = new Map<Digest, EntryDigest>();
    for (const entry of this.#entries) if (entry.digest !== null) renamed.set(entry.digest, entry);
    for (const expected of this.#records) {
      const entry = expected.digest === null ? undefined : renamed.get(expected.digest);
      if (entry !== undefined) {
        this.#entries.take(entry.path);
        renamed.delete(entry.digest ?? 'sha256:');
        const message = `What the manifest calls ${expected.entry} is called ${entry.path} in the archive.`;
        this.findings.add('error', message, { entry: expected.entry, record: expected.record });
      } else this.#missing(expected);
    }
    for (const entry of this.#entries) this.#unrecorded(entry);
  }

  /** Releases the archive when the records could not be read to their end. */
  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }

  async #next(): Promise<EntryDigest | undefined> {
    while (this.#place >= this.#batch.length) {
      if (this.#ended) return undefined;
      await this.#between();
      const next = await this.#batches.next();
      if (next.done === true) {
        this.#ended = true;
        return undefined;
      }
      this.#batch = next.value;
      this.#place = 0;
    }
    return this.#batch[this.#place++];
  }

  #step(expected: Expected | undefined, entry: EntryDigest | undefined): void {
    if (expected !== undefined && entry?.path === expected.entry) {
      this.#compare(expected, entry);
      return;
    }
    if (expected !== undefined) {
      const waiting = this.#entries.take(expected.entry);
      if (waiting !== undefined) this.#compare(expected, waiting);
      else if (this.#records.size < PENDING_LIMIT) this.#records.put(expected.entry, expected);
      else this.#missing(expected);
    }
    if (entry === undefined) return;
    const waiting = this.#records.take(entry.path);
    if (waiting !== undefined) this.#compare(waiting, entry);
    else if (this.#entries.size < PENDING_LIMIT) this.#entries.put(entry.path, entry);
    else this.#unrecorded(entry);
  }

  #missing({ entry, record }: Expected): void {
    // Where the archive could not be read on, its own check says so: not every entry after that place is missing.
    if (this.#pass.failure !== null) return;
    this.findings.add('error', `${entry} is in the manifest and not in the archive.`, { entry, record });
  }

  #unrecorded({ path, digest }: EntryDigest): void {
    const about = { entry: path, ...(digest !== null && { found: digest }) };
    this.findings.add('error', `The archive holds ${path}, which the manifest does not know.`, about);
  }

  #compare({ record, entry, offset, digest: expected, size, issues }: Expected, read: EntryDigest): void {
    if (read.offset !== offset) this.#displaced++;
    const about = { entry, record };
    const found = read.digest;
    const fresh = read.issues.find((issue) => issue.severity === 'error' && !issues.has(issue.code));
    if (found !== expected || (expected !== null && size !== read.size)) {
      const message =
        expected === null
          ? `${entry} could not be read when the manifest was made, and can be read now.`
          : found === null
            ? `${entry} cannot be read any more.`
            : `The octets of ${entry} are not those the manifest names (${read.size} octets).`;
      this.findings.add('error', message, {
        ...about,
        ...(expected !== null && { expected }),
        ...(found !== null && { found }),
      });
    } else if (fresh !== undefined) this.findings.add('error', `${entry}: ${fresh.message}`, about);
    else this.#matched++;
  }
}
