import { Feed } from '../bundle/feed.ts';
import { FamilyFiles } from '../family-files.ts';
import { readFamilies } from '../read-pass.ts';
import { type ProductionRun, putFile } from '../run.ts';
import { isMessage, MESSAGES, mboxMessage, mboxPath, takeFamily } from './mbox-family.ts';
import { measuredFolders } from './mbox-measured.ts';
import { tableFiles } from './table.ts';

/** Folders written at once: each holds a file, or on S3 one part of an upload. */
const OPEN_FOLDERS = 200;

/** The folders of the production, in order of their first message. */
async function folders(run: ProductionRun): Promise<string[]> {
  const paths = new Set<string>();
  for await (const families of run.production.families(run.signal)) {
    for (const family of families) if (family.documents[0]?.kind === 'message') paths.add(mboxPath(family));
  }
  return [...paths];
}

/** One mboxrd file a folder; what is no message stands beside them. */
export async function writeMbox(run: ProductionRun): Promise<void> {
  const paths = await folders(run);
  const tables = new FamilyFiles(run, tableFiles(run, 'index.csv', 'csv'));
  try {
    await tables.open();
    if (run.output.concurrency === 1 || paths.length > OPEN_FOLDERS) await measuredFolders(run, tables);
    else await allFolders(run, paths, tables);
    run.files.sort();
    await tables.close();
  } catch (error) {
    throw await tables.fail(error);
  }
}

/** All folders in one pass over the archive, each fed as its messages come by. */
async function allFolders(run: ProductionRun, paths: readonly string[], tables: FamilyFiles): Promise<void> {
  const feeds = new Map(paths.map((path) => [path, new Feed()]));
  const writing = [...feeds].map(async ([path, feed]) => putFile(run, path, () => feed));
  const all = Promise.all(writing);
  all.catch((cause: unknown) => {
    for (const feed of feeds.values()) feed.stop(cause);
  });
  try {
    for await (const read of readFamilies(run.production, { ...MESSAGES, signal: run.signal })) {
      await takeFamily(run, read, tables);
      const feed = feeds.get(mboxPath(read.family));
      for (const document of read.documents) {
        if (feed !== undefined && isMessage(document)) await feed.push(mboxMessage(document));
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
}
