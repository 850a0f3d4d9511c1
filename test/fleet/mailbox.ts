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

/** Every file of a run, for comparison. */
export async function filesOf(sink: Sink): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { path } of sink.list('')) {
    const source = await sink.open(path);
    files.set(path, Buffer.from(await source.bytes(0, source.size)).toString('base64'));
    await source.close();
  }
  return files;
}
