import { hash } from 'node:crypto';
import { MailproofError } from '../model/index.ts';
import { ArchiveCursor } from './archive-cursor.ts';
import { attachmentText } from './attachment-text.ts';
import type { Family, ProducedDocument } from './document.ts';
import { HELD_OCTETS } from './family-documents.ts';
import { FamilyOctets } from './native-octets.ts';
import type { ProduceManifest } from './options.ts';
import type { Production } from './production.ts';
import { TextReader } from './text-reader.ts';

/** A document with its octets. */
export interface ReadDocument {
  readonly document: ProducedDocument;
  /** Held to the manifest's digest; null where the octets could not be read, or are another document's. */
  readonly native: Uint8Array | null;
  /** UTF-8; null where there is no text. */
  readonly text: Uint8Array | null;
}

/** A family with the octets of its documents. */
export interface ReadFamily {
  readonly family: Family;
  readonly documents: readonly ReadDocument[];
}

export interface ReadPassOptions {
  readonly natives: boolean;
  readonly text: boolean;
  /** Only these families; absent: all. */
  readonly wanted?: (family: Family) => boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Reads the archives once, forward, and gives each family with its octets and texts. */
export async function* readFamilies(production: Production, options: ReadPassOptions): AsyncGenerator<ReadFamily> {
  let open: { readonly manifest: number; readonly cursor: ArchiveCursor | null; readonly texts: TextReader } | null =
    null;
  const close = async () => {
    await open?.cursor?.close();
    await open?.texts.close();
  };
  try {
    for await (const families of production.families(options.signal)) {
      for (const family of families) {
        if (options.wanted?.(family) === false) continue;
        const manifest = production.manifests[family.manifest];
        if (manifest === undefined) continue;
        if (open === null || open.manifest !== family.manifest) {
          await close();
          const { source } = manifest;
          const reads = options.natives && source !== null;
          const cursor: ArchiveCursor | null = reads
            ? await ArchiveCursor.open(source, family.entry, options.signal)
            : null;
          open = { manifest: family.manifest, cursor, texts: new TextReader(manifest.reader.sink) };
        }
        const entry = open.cursor === null ? null : await entryOctets(open.cursor, family, manifest);
        yield { family, documents: await readFamily(family, entry, options.text ? open.texts : null) };
      }
    }
  } finally {
    await close();
  }
}

/** The entry's octets, held to the manifest's digest. Throws SOURCE_CHANGED: the archive is then another. */
async function entryOctets(
  cursor: ArchiveCursor,
  family: Family,
  { source }: ProduceManifest,
): Promise<Uint8Array | null> {
  const [root] = family.documents;
  if (root?.native === null || root === undefined || root.native.size > HELD_OCTETS) return null;
  const octets = await cursor.octets(family.entry);
  const digest = octets === null ? 'nothing' : hash('sha256', octets, 'hex');
  if (digest === root.native.sha256) return octets;
  throw new MailproofError(
    'SOURCE_CHANGED',
    `Record ${root.id} should be sha256:${root.native.sha256}, but ${source?.identity.location ?? 'the archive'} holds ${digest} there.`,
    { advice: 'Give the archive the manifest was made from with --source.' },
  );
}

async function readFamily(
  family: Family,
  entry: Uint8Array | null,
  texts: TextReader | null,
): Promise<readonly ReadDocument[]> {
  const octets = entry === null ? null : new FamilyOctets(family, entry);
  const read: ReadDocument[] = [];
  for (const [place, document] of family.documents.entries()) {
    const native = octets?.at(place) ?? null;
    read.push({ document, native, text: texts === null ? null : await textOf(document, native, texts) });
  }
  return read;
}

async function textOf(
  document: ProducedDocument,
  native: Uint8Array | null,
  texts: TextReader,
): Promise<Uint8Array | null> {
  if (document.part === null) {
    const own = await texts.octets(document.record);
    return own.length === 0 ? null : own;
  }
  const text = native === null ? null : attachmentText(document.part, native);
  return text === null || text === '' ? null : Buffer.from(text, 'utf8');
}
