import { Feed } from '../bundle/feed.ts';
import { emailOf, type Family } from '../document.ts';
import { fromLine, quotedMessage } from '../mboxrd.ts';
import { putChecked } from '../output.ts';
import type { ReadDocument } from '../read-pass.ts';
import { readFamilies } from '../read-pass.ts';
import type { Carry } from '../rows.ts';
import { type ProductionRun, putFile } from '../run.ts';
import { noteNative, noteProgress } from './files.ts';
import { tableCarry, writeTable } from './table.ts';

/** Folders written at once: each holds a file, or on S3 one part of an upload. */
const OPEN_FOLDERS = 200;

const mboxPath = (family: Family): string => `mbox/${family.folder === '' ? 'root' : family.folder}.mbox`;

/** The folders of the production, in order of their first message. */
async function folders(run: ProductionRun): Promise<string[]> {
  const paths = new Set<string>();
  for await (const families of run.production.families(run.signal)) {
    for (const family of families) if (family.documents[0]?.kind === 'message') paths.add(mboxPath(family));
  }
  return [...paths];
}

const isMessage = ({ document }: ReadDocument): boolean => document.parent < 0 && document.kind === 'message';

function* messageChunks({ document, native }: ReadDocument): Generator<Uint8Array> {
  if (native === null) return;
  yield fromLine(emailOf(document));
  yield* quotedMessage(native);
}

/** One mboxrd file a folder; what is no message stands beside them. */
export async function writeMbox(run: ProductionRun): Promise<Carry> {
  const paths = await folders(run);
  if (run.output.concurrency === 1 || paths.length > OPEN_FOLDERS) await eachFolder(run, paths);
  else await allFolders(run, paths);
  await writeTable(run, 'index.csv', 'csv');
  return tableCarry(run, 'csv');
}

/** All folders in one pass over the archive, each fed as its messages come by. */
async function allFolders(run: ProductionRun, paths: readonly string[]): Promise<void> {
  const feeds = new Map(paths.map((path) => [path, new Feed()]));
  const writing = [...feeds].map(async ([path, feed]) => putFile(run, path, () => feed));
  const all = Promise.all(writing);
  all.catch((cause: unknown) => {
    for (const feed of feeds.values()) feed.stop(cause);
  });
  try {
    for await (const family of readFamilies(run.production, { natives: true, text: false, signal: run.signal })) {
      for (const read of family) {
        await takeDocument(run, read);
        const feed = isMessage(read) ? feeds.get(mboxPath(read.document.family)) : undefined;
        if (feed !== undefined) for (const chunk of messageChunks(read)) await feed.push(chunk);
      }
    }
    for (const feed of feeds.values()) feed.end();
  } catch (error) {
    for (const feed of feeds.values()) feed.fail(error);
    const failed = (await Promise.allSettled(writing)).find(({ status }) => status === 'rejected');
    // A file's own failure says more than the feed that found it gone.
    throw failed?.status === 'rejected' ? failed.reason : error;
  }
  await all;
  run.files.sort();
}

/** A folder after the other, for an output that takes one file at a time: the archive is read once a folder. */
async function eachFolder(run: ProductionRun, paths: readonly string[]): Promise<void> {
  for await (const family of readFamilies(run.production, { natives: true, text: false, signal: run.signal })) {
    for (const read of family) await takeDocument(run, read);
  }
  for (const path of paths) {
    async function* content(): AsyncGenerator<Uint8Array> {
      const wanted = (family: Family) => mboxPath(family) === path;
      for await (const family of readFamilies(run.production, {
        natives: true,
        text: false,
        wanted,
        signal: run.signal,
      })) {
        for (const read of family) if (isMessage(read)) yield* messageChunks(read);
      }
    }
    await putFile(run, path, content);
  }
}

async function takeDocument(run: ProductionRun, read: ReadDocument): Promise<void> {
  const { nativePath, shares, native, position } = read.document;
  const octets = noteNative(run, read);
  if (octets !== null && nativePath !== null && shares < 0) {
    await putChecked(run.output, nativePath, octets, native?.sha256);
  }
  noteProgress(run, position);
}
