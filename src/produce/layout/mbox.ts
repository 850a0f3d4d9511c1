import { Feed } from '../bundle/feed.ts';
import { emailOf, type Family } from '../document.ts';
import { FamilyFiles } from '../family-files.ts';
import { fromLine, quotedMessage } from '../mboxrd.ts';
import { putChecked } from '../output.ts';
import { type ReadDocument, type ReadFamily, readFamilies } from '../read-pass.ts';
import { type ProductionRun, putFile } from '../run.ts';
import { noteNative, noteProgress } from './files.ts';
import { tableFiles } from './table.ts';

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
export async function writeMbox(run: ProductionRun): Promise<void> {
  const paths = await folders(run);
  const tables = new FamilyFiles(run, tableFiles(run, 'index.csv', 'csv'));
  try {
    await tables.open();
    if (run.output.concurrency === 1 || paths.length > OPEN_FOLDERS) await eachFolder(run, paths, tables);
    else await allFolders(run, paths, tables);
    await tables.close();
  } catch (error) {
    throw await tables.fail(error);
  }
}

const READING = { natives: true, text: false } as const;

/** All folders in one pass over the archive, each fed as its messages come by. */
async function allFolders(run: ProductionRun, paths: readonly string[], tables: FamilyFiles): Promise<void> {
  const feeds = new Map(paths.map((path) => [path, new Feed()]));
  const writing = [...feeds].map(async ([path, feed]) => putFile(run, path, () => feed));
  const all = Promise.all(writing);
  all.catch((cause: unknown) => {
    for (const feed of feeds.values()) feed.stop(cause);
  });
  try {
    for await (const read of readFamilies(run.production, { ...READING, signal: run.signal })) {
      await takeFamily(run, read, tables);
      const feed = feeds.get(mboxPath(read.family));
      for (const document of read.documents) {
        if (feed !== undefined && isMessage(document)) await feed.push(Buffer.concat([...messageChunks(document)]));
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
async function eachFolder(run: ProductionRun, paths: readonly string[], tables: FamilyFiles): Promise<void> {
  for await (const read of readFamilies(run.production, { ...READING, signal: run.signal })) {
    await takeFamily(run, read, tables);
  }
  for (const path of paths) {
    async function* content(): AsyncGenerator<Uint8Array> {
      const wanted = (family: Family) => mboxPath(family) === path;
      for await (const { documents } of readFamilies(run.production, { ...READING, wanted, signal: run.signal })) {
        for (const document of documents) if (isMessage(document)) yield* messageChunks(document);
      }
    }
    await putFile(run, path, content);
  }
}

/** Writes what is no message, and the tables' rows. */
async function takeFamily(run: ProductionRun, read: ReadFamily, tables: FamilyFiles): Promise<void> {
  for (const document of read.documents) {
    const { nativePath, shares, native, position } = document.document;
    const octets = noteNative(run, document);
    if (octets !== null && nativePath !== null && shares < 0) {
      await putChecked(run.output, nativePath, octets, native?.sha256);
    }
    noteProgress(run, position);
  }
  run.collisions?.take(read.family);
  await tables.take(read.family);
}
