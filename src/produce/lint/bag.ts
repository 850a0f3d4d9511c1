import type { ByteSource, Sink } from '../../model/index.ts';
import { fold } from '../safe-name.ts';
import type { Faults } from './faults.ts';
import { fileFacts, illegalName, openNamed } from './files.ts';

/** A tag file is small but for the manifests; those hold a line a file. */
async function* lines(source: ByteSource, signal?: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  for await (const chunk of source.read(0, source.size, signal)) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}

/** Checks a bag by RFC 8493, and what Mailbag asks beside it. */
export async function lintBag(sink: Sink, faults: Faults, signal?: AbortSignal): Promise<void> {
  await declaration(sink, faults, signal);
  const payload = { octets: 0, files: 0 };
  const listed = new Set<string>();
  await checkManifest(sink, 'manifest-sha256.txt', faults, signal, (path, size) => {
    payload.octets += size;
    payload.files++;
    listed.add(path);
    if (!path.startsWith('data/')) faults.add('lint-bag', `manifest-sha256.txt lists ${path}, which is no payload.`);
  });
  await checkManifest(sink, 'tagmanifest-sha256.txt', faults, signal, () => undefined);
  const names = new Map<string, string>();
  for await (const { path } of sink.list('data/')) {
    if (!listed.has(path)) faults.add('lint-bag', `${path} is in the bag and in no manifest.`);
    const illegal = illegalName(path);
    if (illegal !== null)
      faults.add('lint-path', `${path} has a name that not every system can hold.`, 'error', { found: illegal });
    const other = names.get(fold(path));
    if (other !== undefined) faults.add('lint-path', `${path} and ${other} differ by case only.`);
    names.set(fold(path), path);
  }
  const info = await tags(sink, signal);
  const oxum = `${payload.octets}.${payload.files}`;
  const found = info.get('payload-oxum');
  if (found !== undefined && found !== oxum)
    faults.add('lint-bag', 'Payload-Oxum is not what the payload is.', 'error', { expected: oxum, found });
  if (info.get('bag-type') !== 'Mailbag')
    faults.add('lint-bag', 'bag-info.txt does not say Bag-Type: Mailbag.', 'warning');
}

async function declaration(sink: Sink, faults: Faults, signal?: AbortSignal): Promise<void> {
  const source = await openNamed(sink, 'bagit.txt');
  const text =
    source === null ? '' : Buffer.from(await source.bytes(0, Math.min(source.size, 1000), signal)).toString();
  await source?.close();
  if (!/^BagIt-Version: (?:0\.97|1\.0)\r?\nTag-File-Character-Encoding: UTF-8\r?\n?$/.test(text)) {
    faults.add('lint-bag', 'bagit.txt is not what RFC 8493 §2.1.1 asks for.');
  }
}

async function checkManifest(
  sink: Sink,
  name: string,
  faults: Faults,
  signal: AbortSignal | undefined,
  each: (path: string, size: number) => void,
): Promise<void> {
  const source = await openNamed(sink, name);
  if (source === null) {
    faults.add('lint-bag', `${name} is not there.`);
    return;
  }
  let number = 0;
  try {
    for await (const line of lines(source, signal)) {
      number++;
      const match = /^([0-9a-fA-F]{64}) [ *](.+?)\r?$/.exec(line);
      const [, digest, path] = match ?? [];
      if (digest === undefined || path === undefined) {
        faults.add('lint-bag', `Line ${number} of ${name} is no digest and path.`);
        continue;
      }
      const facts = await fileFacts(sink, path.replace(/%0[Dd]/g, '\r').replace(/%0[Aa]/g, '\n'), signal);
      if (facts === null) faults.add('lint-path', `Line ${number} of ${name}: ${path} is not there.`);
      else if (facts.sha256 !== digest.toLowerCase()) {
        const more = { expected: digest.toLowerCase(), found: facts.sha256 };
        faults.add('lint-digest', `Line ${number} of ${name}: ${path} has not that SHA-256.`, 'error', more);
      }
      each(path, facts?.size ?? 0);
    }
  } finally {
    await source.close();
  }
}

async function tags(sink: Sink, signal?: AbortSignal): Promise<Map<string, string>> {
  const source = await openNamed(sink, 'bag-info.txt');
  const found = new Map<string, string>();
  if (source === null) return found;
  try {
    for await (const line of lines(source, signal)) {
      const colon = line.indexOf(':');
      if (colon > 0 && !/^\s/.test(line)) found.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
  } finally {
    await source.close();
  }
  return found;
}
