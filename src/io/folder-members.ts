import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ByteSource, type Finding, type Issue, issue, MailproofError } from '../model/index.ts';
import { readError, systemCode } from './file-errors.ts';
import { openFile } from './file-source.ts';

/** A regular file below a folder. */
export interface FolderMember {
  /** Relative to the folder, `/`-separated. */
  readonly path: string;
  readonly size: number;
  /** Inode, size and time of modification, as `openFile` writes them. */
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly issues: readonly Issue[];
  open(): Promise<ByteSource>;
}

export interface FolderMembers {
  /** Absolute. */
  readonly location: string;
  /** In the order of the octets of their paths. */
  readonly files: readonly FolderMember[];
  /** Folders below it, without a slash at the end, in the same order. */
  readonly directories: readonly string[];
  /** What was passed over: symbolic links, pipes, devices. */
  readonly findings: readonly Finding[];
}

const SLASH = Buffer.from('/');
/** Names of things passed over that one finding shows. */
const NAMED = 10;

/**
 * Lists all files below a folder. Symbolic links are not followed: one that points upwards would have the listing go on for
 * ever, one that points outside would put other people's files into the evidence. Throws SOURCE_NOT_FOUND, ACCESS_DENIED.
 */
export async function listFolderMembers(folder: string): Promise<FolderMembers> {
  const location = resolve(folder);
  const root = Buffer.from(location);
  const found: { readonly name: Buffer; readonly directory: boolean }[] = [];
  const passed: string[] = [];
  // A stack and no recursion, however deep the folders are. Names stay octets: not every name is UTF-8.
  const stack: Buffer[] = [Buffer.alloc(0)];
  for (let base = stack.pop(); base !== undefined; base = stack.pop()) {
    for (const member of await membersOf(root, base)) {
      const name = base.length === 0 ? member.name : Buffer.concat([base, SLASH, member.name]);
      if (member.isDirectory()) stack.push(name);
      if (member.isFile() || member.isDirectory()) found.push({ name, directory: member.isDirectory() });
      else passed.push(name.toString());
    }
  }
  found.sort((one, other) => Buffer.compare(one.name, other.name));
  const files: FolderMember[] = [];
  for (const { name, directory } of found) if (!directory) files.push(await memberOf(root, name));
  const directories = found.filter(({ directory }) => directory).map(({ name }) => name.toString());
  return { location, files, directories, findings: passedOver(passed.sort()) };
}

async function membersOf(root: Buffer, base: Buffer): Promise<Dirent<Buffer>[]> {
  const path = base.length === 0 ? root : Buffer.concat([root, SLASH, base]);
  try {
    return await readdir(path, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    throw readError(error, path.toString());
  }
}

async function memberOf(root: Buffer, name: Buffer): Promise<FolderMember> {
  const full = Buffer.concat([root, SLASH, name]);
  const path = name.toString();
  const decoded = Buffer.from(path).equals(name);
  let state: Awaited<ReturnType<typeof stateOf>>;
  try {
    state = await stateOf(full);
  } catch (error) {
    if (systemCode(error) === 'ENOENT')
      throw changed(full.toString(), 'was removed while the folder was listed', error);
    throw readError(error, full.toString());
  }
  return {
    path,
    size: Number(state.size),
    etag: `${state.ino}-${state.size}-${state.mtimeNs}`,
    modified: Number(state.mtimeNs / 1_000_000n),
    issues: decoded ? [] : [issue('NAME_UNDECODABLE', 'The file’s name is not UTF-8.')],
    async open() {
      const source = await openFile(full);
      if (source.identity.etag === `${state.ino}-${state.size}-${state.mtimeNs}`) return source;
      await source.close();
      throw changed(full.toString(), 'was changed since the folder was listed');
    },
  };
}

const stateOf = (path: Buffer) => lstat(path, { bigint: true });

function changed(path: string, how: string, cause?: unknown): MailproofError {
  return new MailproofError('SOURCE_CHANGED', `${path} ${how}.`, {
    advice: 'Wait until nothing writes to the folder, then run again.',
    details: { path },
    ...(cause === undefined ? {} : { cause }),
  });
}

function passedOver(names: readonly string[]): Finding[] {
  if (names.length === 0) return [];
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  const message = `Not read, being no regular files (links are not followed): ${names.slice(0, NAMED).join(', ')}${more}.`;
  return [{ check: 'collection-passed-over', severity: 'warning', message }];
}
