import { ThreadGroups } from '../manifest/index.ts';
import { type ItemRecord, MailproofError } from '../model/index.ts';
import type { Family, ProducedDocument, UnnumberedDocument } from './document.ts';
import { emailOf } from './document.ts';
import { type DuplicateGroups, NAME_END } from './duplicates.ts';
import { isDocument, recordsByEntry } from './entry-records.ts';
import { extensionOf } from './extension.ts';
import { familyDocuments } from './family-documents.ts';
import { FolderNames } from './folder-names.ts';
import type { Covering } from './inclusive.ts';
import { controlNumber, type Numbering } from './numbering.ts';
import type { ProduceManifest } from './options.ts';
import type { PathScheme } from './path-scheme.ts';
import type { Register } from './register.ts';
import type { Selects } from './selection.ts';

export interface ProductionSettings {
  readonly manifests: readonly ProduceManifest[];
  readonly selects: Selects;
  readonly numbering: Numbering;
  readonly start: number;
  readonly register: Register | null;
  readonly numberedAgain: boolean;
  readonly volumeSize: number;
  readonly volumeCount: number;
  readonly paths: PathScheme;
  readonly duplicates: DuplicateGroups;
  readonly covering: Covering;
}

/** The hash a family is compared by: its content, or for a file of no known kind its octets. */
const hashOf = (record: ItemRecord): string | null =>
  record.identity.familyHash ??
  record.identity.contentHash ??
  (record.type === 'Other' ? (record.native?.digest.slice('sha256:'.length) ?? null) : null);

/** What a message is threaded by: its Message-ID, or a name of its own that no other can refer to. */
function threadId(document: ProducedDocument): string | null {
  const email = emailOf(document);
  return email === null ? null : (email.messageId?.[0] ?? `no-message-id:${document.family.manifest}:${document.id}`);
}

/** Where numbering and volumes are while families go by. Every pass begins anew and comes to the same. */
interface Place {
  next: number;
  position: number;
  volume: number;
  volumeOctets: number;
  volumeDocuments: number;
}

/**
 * The documents of a production, in order, as often as they are asked for: nothing of a mailbox is held but what its
 * documents have in common (copies, threads, folders). `plan` is the first pass; it must be made before `families`.
 */
export class Production {
  readonly #settings: ProductionSettings;
  readonly #threads = new ThreadGroups();
  readonly #folders = new FolderNames();
  /** Control numbers of the messages that hold all of another one. */
  readonly #coveringNumbers = new Map<string, string>();
  #planned = false;
  documents = 0;
  familyCount = 0;
  volumes = 0;
  alreadyNumbered = 0;
  firstNumber: string | null = null;
  lastNumber: string | null = null;

  constructor(settings: ProductionSettings) {
    this.#settings = settings;
  }

  get manifests(): readonly ProduceManifest[] {
    return this.#settings.manifests;
  }

  get duplicateCount(): number {
    return this.#settings.duplicates.duplicates;
  }

  /** The first pass: counts, numbers, finds copies and threads. Throws RECORD_NOT_FOUND where nothing is selected. */
  async plan(signal?: AbortSignal): Promise<void> {
    for await (const families of this.families(signal)) {
      for (const family of families) this.#take(family);
    }
    if (this.documents === 0) {
      throw new MailproofError('RECORD_NOT_FOUND', 'No record is to be produced.', {
        advice:
          this.alreadyNumbered > 0
            ? 'All that is selected is in the register already; add --numbered again to produce it once more.'
            : 'Check the selection: --folder, --custodian, --since, --until and --where must all hold.',
      });
    }
    this.#planned = true;
  }

  #take(family: Family): void {
    const { documents } = family;
    const [first] = documents;
    if (first === undefined) return;
    this.familyCount++;
    this.documents += documents.length;
    this.volumes = family.volume;
    this.firstNumber ??= family.first;
    this.lastNumber = family.last;
    const path = [family.custodian, ...family.folderPath].join(NAME_END);
    this.#settings.duplicates.add(hashOf(first.record), family.first, family.custodian, path);
    for (const document of documents) {
      const hashes = this.#threadHashes(document);
      if (hashes !== null) this.#threads.join(hashes);
      const covering = `${family.manifest}:${document.id}`;
      if (this.#settings.covering.targets.has(covering)) this.#coveringNumbers.set(covering, document.controlNumber);
    }
  }

  #threadHashes(document: ProducedDocument): number[] | null {
    const own = threadId(document);
    if (own === null) return null;
    const email = emailOf(document);
    const ids = new Set([own, ...(email?.references ?? []), ...(email?.inReplyTo ?? [])]);
    return [...ids].map((id) => ThreadGroups.hash(id));
  }

  /** Twelve digits that name the thread a message belongs to, across custodians. */
  threadGroup(document: ProducedDocument): string | null {
    const own = threadId(document);
    return own === null ? null : this.#threads.name(ThreadGroups.hash(own));
  }

  /** The control number of the message that holds all of this one; null where it is inclusive. */
  coveredBy(document: ProducedDocument): string | null {
    const target = this.#settings.covering.coveredBy.get(`${document.family.manifest}:${document.id}`);
    return target === undefined ? null : (this.#coveringNumbers.get(target) ?? null);
  }

  get inclusiveMarked(): boolean {
    return this.#settings.covering.asked;
  }

  /** The selected families in the archives' order, some at a time. */
  async *families(signal?: AbortSignal): AsyncGenerator<readonly Family[]> {
    const { manifests, selects } = this.#settings;
    const place: Place = { next: this.#settings.start, position: 0, volume: 1, volumeOctets: 0, volumeDocuments: 0 };
    for (const [number, manifest] of manifests.entries()) {
      for await (const entries of recordsByEntry(manifest.reader, signal)) {
        const families: Family[] = [];
        for (const records of entries) {
          if (records[0] === undefined || !isDocument(records[0])) continue;
          if (!records.some((record) => selects(record, manifest.custodian))) continue;
          const family = this.#family(familyDocuments(records), number, manifest, place);
          if (family !== null) families.push(family);
        }
        if (families.length > 0) yield families;
      }
    }
  }

  #family(
    documents: readonly UnnumberedDocument[],
    manifest: number,
    { custodian, reader }: ProduceManifest,
    place: Place,
  ): Family | null {
    const [root] = documents;
    if (root === undefined) return null;
    const { record } = root;
    const known = this.#settings.register?.family(reader.root.archive.sha256, record.source.index) ?? null;
    if (known !== null && !this.#settings.numberedAgain) {
      if (!this.#planned) this.alreadyNumbered++;
      return null;
    }
    if (known !== null && known.count !== documents.length) {
      throw new MailproofError(
        'MANIFEST_INVALID',
        `${record.source.entry} has ${documents.length} documents, and ${known.count} in the register.`,
        { advice: 'The register is of another manifest of this archive: use the one it was made with.' },
      );
    }
    const first = known?.first ?? place.next;
    if (known === null) place.next += documents.length;
    this.#fill(place, documents);
    const names = this.#settings.manifests.length > 1 ? [custodian, ...record.folderPath] : record.folderPath;
    const number = (at: number) => controlNumber(this.#settings.numbering, first + at);
    const produced: ProducedDocument[] = [];
    const family: Family = {
      documents: produced,
      custodian,
      manifest,
      entry: record.source.index,
      folderPath: record.folderPath,
      first: number(0),
      last: number(documents.length - 1),
      volume: place.volume,
      duplicates: this.#planned ? this.#settings.duplicates.of(hashOf(record), custodian) : null,
      folder: this.#folders.path(names),
    };
    for (const [at, document] of documents.entries()) {
      const extension = extensionOf(document);
      const facts = { ...document, position: place.position++, controlNumber: number(at), family, extension };
      const shared = produced[document.shares];
      produced.push({
        ...facts,
        nativePath: shared === undefined ? this.#settings.paths.native(facts) : shared.nativePath,
        textPath: this.#settings.paths.text(facts),
      });
    }
    return family;
  }

  /** A family is never split: one that does not fit begins a volume. */
  #fill(place: Place, documents: readonly UnnumberedDocument[]): void {
    const octets = documents.reduce((sum, { native, shares }) => sum + (shares >= 0 ? 0 : (native?.size ?? 0)), 0);
    const { volumeSize, volumeCount } = this.#settings;
    const full = place.volumeOctets + octets > volumeSize || place.volumeDocuments + documents.length > volumeCount;
    if (full && place.volumeDocuments > 0) {
      place.volume++;
      place.volumeOctets = 0;
      place.volumeDocuments = 0;
    }
    place.volumeOctets += octets;
    place.volumeDocuments += documents.length;
  }
}
