/** The same entries as other archives hold them. Written from the formats' descriptions, with none of the readers' code. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { MailboxEntry } from '../../src/sandbox/index.ts';

export async function writeTar(entries: readonly MailboxEntry[]): Promise<Buffer> {
  const tar = pack();
  for (const { path, bytes } of entries) tar.entry({ name: path, mtime: new Date(0) }, Buffer.from(bytes));
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

export const writeTarGz = async (entries: readonly MailboxEntry[]) => gzipSync(await writeTar(entries));

/** mboxrd: every line of `>*From ` gets one more `>`. */
export function writeMbox(entries: readonly MailboxEntry[]): Buffer {
  const parts: Buffer[] = [];
  for (const { bytes } of entries) {
    const quoted = Buffer.from(bytes)
      .toString('latin1')
      .replace(/^(>*From )/gm, '>$1');
    parts.push(Buffer.from(`From sender@example.com Thu Jan  1 00:00:00 2026\n${quoted}`, 'latin1'));
    parts.push(Buffer.from(quoted.endsWith('\n') ? '\n' : '\n\n'));
  }
  return Buffer.concat(parts);
}

export async function writeFolder(root: string, entries: readonly MailboxEntry[]): Promise<void> {
  for (const { path, bytes } of entries) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
}

/** RFC 3501 §5.1.3. */
export function modifiedUtf7(name: string): string {
  return name.replaceAll('&', '&-').replace(/[^\x20-\x7e]+/g, (text) => {
    const octets = Buffer.from(text, 'utf16le').swap16();
    return `&${octets.toString('base64').replaceAll('=', '').replaceAll('/', ',')}-`;
  });
}

/** A Maildir++ of messages; flags by the message's place: every third is seen, every fifth answered and flagged. */
export async function writeMaildir(root: string, entries: readonly MailboxEntry[]): Promise<void> {
  const make = async (folder: string) => {
    for (const kind of ['cur', 'new', 'tmp']) await mkdir(join(root, folder, kind), { recursive: true });
  };
  await make('');
  for (const [place, { path, bytes }] of entries.entries()) {
    const names = path.split('/').slice(0, -1);
    const folder = `.${names.map(modifiedUtf7).join('.')}`;
    await make(folder);
    const flags = `${place % 5 === 0 ? 'FR' : ''}${place % 3 === 0 ? 'S' : ''}`;
    const name = `17000000${String(place).padStart(2, '0')}.M${place}P7.host`;
    await writeFile(
      join(root, folder, flags === '' ? 'new' : 'cur', flags === '' ? name : `${name}:2,${flags}`),
      bytes,
    );
  }
}
