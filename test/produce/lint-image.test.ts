import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memorySink } from '../../src/io/index.ts';
import { lint, type ProfileName } from '../../src/produce/index.ts';
import { writeZip } from '../../src/sandbox/index.ts';
import { silent } from '../verify/run.ts';
import { goldenMailbox } from './mailbox.ts';
import { made } from './production.ts';

async function octetsOf(profile: ProfileName, path: string): Promise<Buffer> {
  const { files } = await made({ a: goldenMailbox() }, profile);
  return Buffer.from(files.get(path) ?? []);
}

async function faultsOf(path: string, octets: Uint8Array): Promise<string[]> {
  const sink = memorySink('production');
  await sink.put(path, octets);
  const findings = await lint({ sink, reporter: silent });
  return findings.map(({ check, message }) => `${check}: ${message}`);
}

/** The files of an image, made anew with some of them changed. */
async function image(changes: Readonly<Record<string, (octets: Buffer) => Buffer | null>>): Promise<Uint8Array> {
  const whole = await octetsOf('nuix', 'production.nli');
  const entries = [];
  for (let at = 0; whole.readUInt32LE(at) === 0x04034b50; ) {
    const [size, name, extra] = [whole.readUInt32LE(at + 22), whole.readUInt16LE(at + 26), whole.readUInt16LE(at + 28)];
    const path = whole.toString('utf8', at + 30, at + 30 + name);
    const data = at + 30 + name + extra;
    const content = whole.subarray(data, data + size);
    const change = Object.entries(changes).find(([end]) => path.endsWith(end))?.[1];
    const changed = change === undefined ? content : change(Buffer.from(content));
    if (changed !== null) entries.push({ path, bytes: changed, modifiedAt: 1_775_000_000 });
    at = data + size;
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeZip(entries)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const replaced = (from: string | RegExp, to: string) => (octets: Buffer) =>
  Buffer.from(octets.toString('latin1').replace(from, to), 'latin1');

test.each<[string, Readonly<Record<string, (octets: Buffer) => Buffer | null>>, RegExp[]]>([
  ['an image of another tool, deflated', {}, []],
  ['a native that was changed', { 'MP0000006.eml': replaced('D', 'd') }, [/^lint-digest: MP0000006: .* digest/]],
  [
    'a native that is gone',
    { 'MP0000006.eml': () => null },
    [/^lint-path: MP0000006 points to Inbox\/MP0000006\.eml, which is not there/],
  ],
  [
    'a description without its digest',
    { '.sha1_hash': () => null },
    [/^lint-digest: .* is not the SHA-1 of \._metadata\/image_contents\.xml/],
  ],
  ['no description', { 'image_contents.xml': () => null }, [/^lint-image: .* has no \._metadata\/image_contents\.xml/]],
  [
    'a description that says less',
    { 'image_contents.xml': replaced(/<File FileType="Native">.*?<\/File>/, '') },
    [/^lint-digest: .* is not the SHA-1/, /^lint-image: .* which its description does not name/],
  ],
  ['no time', { 'image_metadata.xml': replaced('creation-datetime', 'created') }, [/says no creation-datetime/]],
])('%s', async (_name, changes, expected) => {
  const found = await faultsOf('production.nli', await image(changes));
  expect(found).toHaveLength(expected.length);
  for (const [at, pattern] of expected.entries()) expect(found[at]).toMatch(pattern);
});

test('a cut image is a list of faults', async () => {
  const whole = await octetsOf('nuix', 'production.nli');
  for (const share of [0.2, 0.5, 0.9, 0.99]) {
    const found = await faultsOf('production.nli', whole.subarray(0, Math.floor(whole.length * share)));
    expect(found.length, String(share)).toBeGreaterThan(0);
  }
});

test('a Parquet file is held to its rows', async () => {
  const { sink } = await made({ a: goldenMailbox() }, 'parquet');
  const files = sink.files as Map<string, Uint8Array>;
  const native = [...files.keys()].find((path) => path.endsWith('06.eml')) ?? '';
  files.delete(native);
  const text = [...files.keys()].find((path) => /TEXT.*06\.txt$/.test(path)) ?? '';
  files.set(text, Buffer.from('other'));
  const found = await lint({ sink, reporter: silent });
  expect(found.map(({ check, message }) => `${check}: ${message}`)).toEqual([
    `lint-path: Row 6 (MP0000006) points to ${native}, which is not there.`,
    `lint-text: Row 6 (MP0000006): ${text} has not the length its row names.`,
  ]);
});

test('whatever a Parquet file holds, lint ends with faults and not with an error', async () => {
  const whole = await octetsOf('parquet', 'documents.parquet');
  const place = fc.oneof(fc.nat(whole.length - 1), fc.integer({ min: whole.length - 4000, max: whole.length - 1 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (at, cut) => {
        const changed = Buffer.from(whole);
        for (const [offset, octet] of at) changed[offset] = octet;
        await faultsOf('documents.parquet', cut ? changed.subarray(0, at[0]?.[0]) : changed);
      },
    ),
    // The example is a chunk of negative length.
    { numRuns: 150, examples: [[[[21412, 155]], false]] },
  );
});
