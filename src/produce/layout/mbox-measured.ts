import { MailproofError } from '../../model/index.ts';
import { Feed } from '../bundle/feed.ts';
import type { Family } from '../document.ts';
import type { FamilyFiles } from '../family-files.ts';
import { Measure, type Measured } from '../measured.ts';
import { readFamilies } from '../read-pass.ts';
import { type ProductionRun, putFile } from '../run.ts';
import { isMessage, MESSAGES, mboxMessage, mboxPath, takeFamily } from './mbox-family.ts';

interface FolderFile {
  readonly path: string;
  readonly measure: Measure;
  /** Whether its messages lie together in the archive, and none of another folder between them. */
  together: boolean;
}

interface MeasuredFolder {
  readonly path: string;
  readonly file: Measured;
  readonly held: boolean;
  readonly together: boolean;
}

/**
 * One file after the other, for an output that takes no two at once and wants sizes first, or for too many folders to be open. What
 * the first pass could not hold is read again: all folders that lie together in the archive, as a mailbox export's do, in one
 * pass. The order does not tell what was held: first those that lie together, then the others.
 */
export async function measuredFolders(run: ProductionRun, tables: FamilyFiles): Promise<void> {
  const folders = await measureFolders(run, tables);
  await writeTogether(
    run,
    folders.filter(({ together }) => together),
  );
  for (const { path, file, together } of folders) if (!together) await putFile(run, path, file);
}

/** The pass that writes everything else. */
async function measureFolders(run: ProductionRun, tables: FamilyFiles): Promise<MeasuredFolder[]> {
  const folders = new Map<string, FolderFile>();
  const budget = { left: run.heldLimit };
  let last: FolderFile | null = null;
  for await (const read of readFamilies(run.production, { ...MESSAGES, signal: run.signal })) {
    await takeFamily(run, read, tables);
    if (read.family.documents[0]?.kind !== 'message') continue;
    const path = mboxPath(read.family);
    const known = folders.get(path);
    const folder: FolderFile = known ?? { path, measure: new Measure(budget), together: true };
    if (known === undefined) folders.set(path, folder);
    else if (known !== last) known.together = false;
    last = folder;
    for (const document of read.documents) if (isMessage(document)) folder.measure.take(mboxMessage(document));
  }
  return [...folders.values()].map(({ path, measure, together }) => ({
    path,
    file: measure.done(() => folderOctets(run, path)),
    held: measure.held,
    together,
  }));
}

/** A folder's file by a pass of its own. */
async function* folderOctets(run: ProductionRun, path: string): AsyncGenerator<Uint8Array> {
  const wanted = (family: Family) => mboxPath(family) === path;
  for await (const { documents } of readFamilies(run.production, { ...MESSAGES, wanted, signal: run.signal })) {
    for (const document of documents) if (isMessage(document)) yield mboxMessage(document);
  }
}

/** An mbox that is being written. */
class OpenFolder {
  readonly path: string;
  readonly feed = new Feed();
  readonly #written: Promise<void>;

  constructor(run: ProductionRun, folder: MeasuredFolder | undefined) {
    if (folder === undefined) throw new MailproofError('UNEXPECTED', 'A folder was found that was not measured.');
    const { path, file } = folder;
    this.path = path;
    this.#written = putFile(run, path, { ...file, octets: () => this.feed });
    this.#written.catch((cause: unknown) => this.feed.stop(cause));
  }

  async end(): Promise<void> {
    this.feed.end();
    await this.#written;
  }

  /** The error that says most: the file's own says more than that of the feed which found it gone. */
  async fail(cause: unknown): Promise<unknown> {
    this.feed.fail(cause);
    return this.#written.then(
      () => cause,
      (own: unknown) => own,
    );
  }
}

/** Folders of which none begins before another ends: those that are not held in one pass, the others between them. */
async function writeTogether(run: ProductionRun, folders: readonly MeasuredFolder[]): Promise<void> {
  const waiting = [...folders];
  /** Writes what is held, up to a folder that is not. */
  const writeHeld = async (): Promise<void> => {
    for (let next = waiting[0]; next?.held === true; next = waiting[0]) {
      waiting.shift();
      await putFile(run, next.path, next.file);
    }
  };
  await writeHeld();
  if (waiting.length === 0) return;
  const read = new Set(waiting.filter(({ held }) => !held).map(({ path }) => path));
  const wanted = (family: Family) => family.documents[0]?.kind === 'message' && read.has(mboxPath(family));
  let open: OpenFolder | null = null;
  try {
    for await (const { family, documents } of readFamilies(run.production, {
      ...MESSAGES,
      wanted,
      signal: run.signal,
    })) {
      if (open?.path !== mboxPath(family)) {
        await open?.end();
        await writeHeld();
        open = new OpenFolder(run, waiting.shift());
      }
      for (const document of documents) if (isMessage(document)) await open.feed.push(mboxMessage(document));
    }
    await open?.end();
    await writeHeld();
  } catch (error) {
    throw open === null ? error : await open.fail(error);
  }
}
