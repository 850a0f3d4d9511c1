import type { ManifestReader } from '../../manifest/index.ts';
import type { Finding, ItemRecord } from '../../model/index.ts';
import type { CheckContext, PlacedRecord, RecordCheck } from '../check.ts';
import { FindingList } from '../finding-list.ts';
import { hash48, NumberSet } from '../number-set.ts';

/** Duplicates whose first copy is looked up to be named: each costs a few reads. */
const NAMED_PAIRS = 20;

/** The same octets twice in one folder, and the same message twice in one folder with other octets. */
export class Duplicates implements RecordCheck {
  readonly name = 'duplicates';
  readonly #natives = new NumberSet();
  readonly #contents = new NumberSet();
  readonly #found: { readonly record: ItemRecord; readonly sameOctets: boolean }[] = [];
  #octets = 0;
  #messages = 0;
  #lastEntry = -1;

  take({ record }: PlacedRecord): void {
    const { family, native, identity, source } = record;
    // Components of one calendar file share its octets: only the first speaks for the entry.
    if (family.depth > 0 || native === null || record.type === 'Other' || source.index === this.#lastEntry) return;
    this.#lastEntry = source.index;
    const folder = record.folderPath.join('/');
    const sameOctets = !this.#natives.add(hash48(`${native.digest}\n${folder}`));
    const { messageId, contentHash } = identity;
    const known = messageId !== null && contentHash !== null;
    const sameMessage = known && !this.#contents.add(hash48(`${messageId}\n${contentHash}\n${folder}`));
    if (!sameOctets && !sameMessage) return;
    if (sameOctets) this.#octets++;
    else this.#messages++;
    if (this.#found.length < NAMED_PAIRS) this.#found.push({ record, sameOctets });
  }

  async *run({ manifest }: CheckContext): AsyncGenerator<Finding> {
    const findings = new FindingList(this.name);
    for (const { record, sameOctets } of this.#found) {
      const first = await firstCopy(manifest, record, sameOctets);
      const what = sameOctets ? 'the same octets' : 'the same message';
      const message = `${record.source.entry} holds ${what} as ${first ?? 'another entry'}, in the same folder.`;
      findings.add('warning', message, { entry: record.source.entry, record: record.id });
    }
    const rest = this.#octets + this.#messages - this.#found.length;
    if (rest > 0) findings.add('warning', `${rest} more items are duplicates of others in their folders.`);
    yield* findings;
  }
}

/** The entry of an earlier copy, by the indexes; null where they do not know it. */
async function firstCopy(manifest: ManifestReader, record: ItemRecord, sameOctets: boolean): Promise<string | null> {
  const rows =
    sameOctets && record.native !== null
      ? await manifest.find('digest', record.native.digest)
      : await manifest.find('message-id', record.email?.messageId?.[0] ?? '');
  const folder = record.folderPath.join('/');
  for (const row of rows.slice(0, NAMED_PAIRS)) {
    if (row.id >= record.id) continue;
    const other = await manifest.at(row.shard, row.offset, row.length);
    if (other.folderPath.join('/') === folder && other.family.depth === 0) return other.source.entry;
  }
  return null;
}
