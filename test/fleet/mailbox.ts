import { createHash } from 'node:crypto';
import { memorySource } from '../../src/io/index.ts';
import type { ByteSource, Reporter, Sink } from '../../src/model/index.ts';
import { generateMailbox, writeZip, type ZipOptions } from '../../src/sandbox/index.ts';

/** A generated mailbox as an archive: the same for the same seed. */
export async function archiveOf(messages: number, seed = 1, zip: ZipOptions = {}): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeZip(generateMailbox({ seed, messages, averageBytes: 6_000 }), zip)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export const sourceOf = (archive: Uint8Array): ByteSource => memorySource(archive, 'memory/archive.zip');

export const silent: Reporter = {
  progress: () => undefined,
  note: () => undefined,
  issue: () => undefined,
  finding: () => undefined,
};

/** Every file of a run by its digest, for comparison. */
export async function filesOf(sink: Sink): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { path } of sink.list('')) {
    const source = await sink.open(path);
    files.set(
      path,
      `${source.size} ${createHash('sha256')
        .update(await source.bytes(0, source.size))
        .digest('hex')}`,
    );
    await source.close();
  }
  return files;
}

/** A name twice, content that is no mail, and one entry above what a batch holds. */
export async function strangeArchive(): Promise<Buffer> {
  const message = (subject: string, body: string) =>
    Buffer.from(
      `From: a@example.com\r\nMessage-ID: <${subject}@example.com>\r\nSubject: ${subject}\r\n\r\n${body}\r\n`,
    );
  const entries = [
    ...Array.from({ length: 700 }, (_, place) => ({ path: `Inbox/${place}.eml`, bytes: message(`m${place}`, 'text') })),
    { path: 'Inbox/0.eml', bytes: message('again', 'text') },
    { path: 'Inbox/large.eml', bytes: message('large', 'line of text\r\n'.repeat(3_000_000)) },
    { path: 'Inbox/odd.bin', bytes: Buffer.from([0, 1, 2, 3]) },
    ...Array.from({ length: 600 }, (_, place) => ({ path: `Sent/${place}.eml`, bytes: message(`s${place}`, 'text') })),
  ];
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeZip(entries)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
