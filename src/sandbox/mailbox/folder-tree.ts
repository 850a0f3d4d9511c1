import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MailboxEntry } from './generate.ts';

/** The files below a folder, in the order of their paths' octets, so that two machines export the same archive. */
export async function* folderMailbox(root: string): AsyncGenerator<MailboxEntry> {
  yield* walk(root, '');
}

async function* walk(root: string, below: string): AsyncGenerator<MailboxEntry> {
  const members = await readdir(join(root, below), { withFileTypes: true });
  members.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  for (const member of members) {
    const path = below === '' ? member.name : `${below}/${member.name}`;
    if (member.isDirectory()) yield* walk(root, path);
    else if (member.isFile()) yield { path, bytes: await readFile(join(root, path)) };
  }
}
