import type { Descriptor, Digest, Sink } from '../model/index.ts';
import type { IndexFile } from './index-file.ts';
import { FINDINGS_PATH, LEDGER_PATH, MEDIA_TYPES, ROOT_PATH } from './layout.ts';
import type { ShardEntry } from './shard.ts';

/** The archive as it was read: every octet of it is in these hashes. Lower-case hexadecimal. */
export interface ArchiveFacts {
  readonly format: string;
  readonly size: number;
  readonly sha256: string;
  readonly sha384: string;
  readonly md5: string;
  /** Whether the archive's own directory was unusable and entries were found by searching for them. */
  readonly salvaged: boolean;
}

/** Everything that can change the output besides the archive. */
export interface RunSettings {
  readonly [name: string]: string | number | boolean | null;
}

/** `manifest.json`: every file of the run and what it hashes to. It holds no clock, host or path. */
export interface Root {
  readonly schemaVersion: 1;
  readonly mediaType: typeof MEDIA_TYPES.root;
  readonly tool: { readonly name: 'mailproof'; readonly version: string };
  readonly archive: ArchiveFacts;
  readonly settings: RunSettings;
  readonly counts: {
    readonly entries: number;
    readonly records: number;
    readonly items: number;
    readonly issues: number;
    readonly errors: number;
    readonly findings: number;
    readonly nativeBytes: number;
  };
  readonly balanced: boolean;
  readonly shards: readonly ShardEntry[];
  readonly indexes: readonly IndexFile[];
  readonly ledger: Descriptor;
  readonly findings: Descriptor;
  readonly schemas: readonly Descriptor[];
}

/** The root's octets: two spaces of indentation, so that a person can read it and `diff` can compare it. */
export const rootBytes = (root: Root): Buffer => Buffer.from(`${JSON.stringify(root, null, 2)}\n`);

/** Writes the root: the last file of a run, only where there is none. Throws OUTPUT_EXISTS. */
export async function writeRoot(sink: Sink, bytes: Buffer, signal?: AbortSignal): Promise<Digest> {
  const options = { mediaType: MEDIA_TYPES.root, ifAbsent: true };
  const { digest } = await sink.put(ROOT_PATH, bytes, signal === undefined ? options : { ...options, signal });
  return digest;
}

/** Every descriptor a root points to, with its path. */
export function* descriptorsOf(root: Root): Generator<{ path: string; descriptor: Descriptor }> {
  const at = (descriptor: Descriptor) => ({ path: descriptor.annotations?.['path'] ?? '', descriptor });
  for (const shard of root.shards) {
    yield at(shard.records);
    yield at(shard.index);
    if (shard.text !== null) yield at(shard.text);
  }
  for (const index of root.indexes) {
    yield at(index.rows);
    yield at(index.blocks);
  }
  yield { path: LEDGER_PATH, descriptor: root.ledger };
  yield { path: FINDINGS_PATH, descriptor: root.findings };
  for (const schema of root.schemas) yield at(schema);
}
