import { createHash } from 'node:crypto';
import { openArchive, readBatch } from '../../archive/index.ts';
import type { ByteSource } from '../../model/index.ts';
import { fold } from '../safe-name.ts';
import { lintEdrm } from './edrm.ts';
import type { Faults } from './faults.ts';
import { type FileFacts, illegalName } from './files.ts';

const CONTENTS = '._metadata/image_contents.xml';
const METADATA = '._metadata/image_metadata.xml';
const HASH = '._metadata/image_contents.sha1_hash';

/** What must stand in `image_metadata.xml`. */
const PROPERTIES = ['creation-datetime', 'creation-software-name'] as const;
/** Octets of `image_metadata.xml` that are looked at. */
const METADATA_OCTETS = 1024 * 1024;

type ImageFacts = Pick<FileFacts, 'size' | 'md5' | 'sha1' | 'sha256'>;

interface Member {
  readonly path: string;
  readonly directory: boolean;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** The files of a zip, each with its octets, in the order they lie. What cannot be read is a fault. */
async function* members(
  source: ByteSource,
  name: string,
  faults: Pick<Faults, 'add'>,
  signal?: AbortSignal,
): AsyncGenerator<Member> {
  const options = signal === undefined ? {} : { signal };
  const archive = await openArchive(source, options);
  for await (const piece of archive.pieces(options)) {
    if (piece.kind === 'stream') {
      const { entry, chunks } = piece.stream;
      yield { path: entry.path, directory: entry.directory, chunks };
      continue;
    }
    for (const { entry, bytes, issues } of readBatch(archive.format, piece.batch)) {
      for (const { code } of issues) faults.add('lint-image', `${name}: ${entry.path} is damaged (${code}).`);
      yield { path: entry.path, directory: entry.directory, chunks: bytes === null ? [] : [bytes] };
    }
  }
  for (const { message, severity } of archive.findings) faults.add('lint-image', `${name}: ${message}`, severity);
}

/** Checks a Nuix logical image: that its own description is there, is whole, and is true of every file in it. */
export async function lintImage(source: ByteSource, name: string, faults: Faults, signal?: AbortSignal): Promise<void> {
  const found = new Map<string, ImageFacts>();
  const folded = new Map<string, string>();
  let metadata = '';
  let hash = '';
  for await (const { path, directory, chunks } of members(source, name, faults, signal)) {
    if (directory) continue;
    const hashes = [createHash('md5'), createHash('sha1'), createHash('sha256')] as const;
    let size = 0;
    for await (const chunk of chunks) {
      for (const each of hashes) each.update(chunk);
      size += chunk.length;
      if (path === METADATA && metadata.length < METADATA_OCTETS) metadata += Buffer.from(chunk).toString('utf8');
      if (path === HASH && hash.length <= 40) hash += Buffer.from(chunk).toString('hex');
    }
    const [md5 = '', sha1 = '', sha256 = ''] = hashes.map((each) => each.digest('hex'));
    if (found.has(path)) faults.add('lint-image', `${name} holds ${path} twice.`);
    found.set(path, { size, md5, sha1, sha256 });
    const other = folded.get(fold(path));
    if (other !== undefined && other !== path)
      faults.add('lint-path', `${name}: ${path} and ${other} differ by case only.`);
    folded.set(fold(path), path);
    const illegal = path.startsWith('._metadata/') ? null : illegalName(path);
    if (illegal !== null)
      faults.add('lint-path', `${name}: ${path} has a name that not every system can hold.`, 'error', {
        found: illegal,
      });
  }
  const contents = found.get(CONTENTS);
  if (contents === undefined) {
    faults.add('lint-image', `${name} has no ${CONTENTS}.`);
    return;
  }
  if (hash !== contents.sha1) {
    const more = { expected: contents.sha1, found: hash };
    faults.add('lint-digest', `${name}: ${HASH} is not the SHA-1 of ${CONTENTS}.`, 'error', more);
  }
  for (const key of PROPERTIES) {
    if (!new RegExp(`<property\\s+key="${key}"\\s+value="[^"]+"`).test(metadata))
      faults.add('lint-image', `${name}: ${METADATA} says no ${key}.`);
  }
  await checkContents(source, name, found, faults, signal);
}

/** Reads the description in a pass of its own: it may lie before what it describes, and be too long to be held. */
async function checkContents(
  source: ByteSource,
  name: string,
  found: ReadonlyMap<string, ImageFacts>,
  faults: Faults,
  signal?: AbortSignal,
): Promise<void> {
  const described = new Set<string>();
  const facts = async (path: string): Promise<ImageFacts | null> => {
    described.add(path);
    return found.get(path) ?? null;
  };
  // What is damaged was told in the first pass.
  const again: Pick<Faults, 'add'> = { add: () => undefined };
  for await (const { path, chunks } of members(source, name, again, signal)) {
    if (path !== CONTENTS) continue;
    await lintEdrm({ path: `${name}: ${CONTENTS}`, chunks: octets(chunks), facts, faults });
    break;
  }
  for (const path of found.keys()) {
    if (!path.startsWith('._metadata/') && !described.has(path))
      faults.add('lint-image', `${name} holds ${path}, which its description does not name.`);
  }
}

async function* octets(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
