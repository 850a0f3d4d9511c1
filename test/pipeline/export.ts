import { memorySource } from '../../src/io/index.ts';
import type { ByteSource, Reporter } from '../../src/model/index.ts';
import { generateMailbox, type MailboxEntry, writeZip } from '../../src/sandbox/index.ts';

/** Says nothing: tests look at results. */
export const silent: Reporter = {
  progress: () => undefined,
  note: () => undefined,
  issue: () => undefined,
  finding: () => undefined,
};

/** The octets of a zip of these entries. */
export async function zipOf(entries: Iterable<MailboxEntry>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeZip(entries)) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

/** A generated export as a source. */
export async function generatedExport(messages: number, averageBytes = 8000): Promise<ByteSource> {
  return memorySource(await zipOf(generateMailbox({ seed: 20270331, messages, averageBytes })));
}
