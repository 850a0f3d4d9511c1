import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildClient, CommitmentPolicy, KmsKeyringNode } from '@aws-crypto/client-node';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspectCommand } from '../../src/cli/commands/inspect.ts';
import { type WriteOptions, type WrittenObject, writeCbc, writeSes, writeV3 } from '../decrypt/envelope-writer.ts';
import { zipOf } from '../pipeline/export.ts';
import { noise } from '../sandbox/clients.ts';
import { keyringClient } from './keyring-client.ts';
import { context, openWorkshop, sealed, type Workshop } from './workshop.ts';

let workshop: Workshop;
/** 12 MiB that do not compress, in 40 entries: more than an envelope's plaintext is held of. */
let large: Uint8Array;
beforeAll(async () => {
  workshop = await openWorkshop();
  const entries = Array.from({ length: 40 }, (_, place) => ({
    path: `anna@example.com/Inbox/${place}.eml`,
    bytes: Buffer.concat([Buffer.from(`Subject: ${place}\r\n\r\n`), noise(300_000 + place)]),
  }));
  large = await zipOf(entries);
  expect(large.length).toBeGreaterThan(12_000_000);
});
afterAll(() => workshop.close());

async function object(Key: string, Body: Uint8Array, Metadata: Record<string, string> = {}): Promise<string> {
  await workshop.clients.s3.send(new PutObjectCommand({ Bucket: workshop.sandbox.bucket, Key, Body, Metadata }));
  return `s3://${workshop.sandbox.bucket}/${Key}`;
}

/** What `inspect` says of a location, and how many of its octets were asked of S3. */
async function inspected(location: string) {
  const { requests } = workshop.sandbox;
  const before = requests.entries.length;
  const seen = context();
  const code = await inspectCommand(seen, location, {});
  let octets = 0;
  for (const { operation, range, key } of requests.entries.slice(before)) {
    if (operation !== 'GetObject' || key === null || !location.endsWith(`/${key}`)) continue;
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
    octets += from === undefined || to === undefined ? Number.POSITIVE_INFINITY : Number(to) - Number(from) + 1;
  }
  const [summary] = seen.seen.summaries;
  const line = (label: string) => summary?.lines.find((each) => each.label === label)?.text;
  return { code, octets, line, title: summary?.title ?? '', data: summary?.data ?? {}, findings: seen.seen.findings };
}

describe('an envelope is read at its head and tail only', () => {
  const rows: [string, (options: WriteOptions) => WrittenObject, RegExp][] = [
    ['V2', writeSes, /AES\/GCM\/NoPadding, not authenticated: read in part$/],
    ['V3', writeV3, /115, not authenticated: read in part$/],
    ['CBC', writeCbc, /AES\/CBC\/PKCS5Padding, authenticated by nothing$/],
  ];
  test.each(rows)('%s: less than a tenth, and what is said of it is marked', async (name, write, envelope) => {
    const { ciphertext, metadata } = await sealed(workshop, write, large);
    const { code, octets, line, title, data, findings } = await inspected(await object(name, ciphertext, metadata));
    expect(code).toBe(0);
    expect(octets).toBeLessThan(ciphertext.length / 10);
    expect(title).toMatch(/: zip \(not authenticated\)$/);
    expect(line('Envelope')).toMatch(envelope);
    expect(line('Entries')).toBe('40 (not authenticated)');
    expect(line('Custodian')).toBe('anna@example.com (not authenticated)');
    expect(data).toMatchObject({ authenticated: false, declaredEntries: 40 });
    expect(findings.map(({ check }) => check)).toContain('envelope-authentication');
  });

  test('a small one is read whole, and authenticated', async () => {
    const small = await zipOf([{ path: 'a.eml', bytes: Buffer.from('Subject: a\r\n\r\nb') }]);
    const { ciphertext, metadata } = await sealed(workshop, writeV3, small);
    const { line, data } = await inspected(await object('small', ciphertext, metadata));
    expect(line('Envelope')).toMatch(/every octet authenticated$/);
    expect([line('Entries'), data['authenticated']]).toEqual(['1', true]);
  });
});

test('an Encryption SDK message can be read forwards only: its header and first frame are read, the rest said not to be', async () => {
  const { sandbox, clients } = workshop;
  const { encrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
  const keyring = new KmsKeyringNode({
    generatorKeyId: sandbox.keyArn,
    clientProvider: () => keyringClient(clients.kms),
  });
  const { result } = await encrypt(keyring, Buffer.from(large), {
    frameLength: 65_536,
    encryptionContext: { case: '7' },
  });
  const { octets, line, title, data } = await inspected(await object('message', result));
  expect(octets).toBeLessThan(result.length / 10);
  expect(title).toMatch(/begins as zip$/);
  expect(line('Entries')).toMatch(/^not told: it can be read forwards only/);
  expect(line('Context')).toContain('"case":"7"');
  expect(data).toMatchObject({ format: null, begins: 'zip', declaredEntries: null, authenticated: false });
});

describe('a wrapping that has to be expanded is not, where it is large', () => {
  test('gzip of a zip', async () => {
    const padded = await zipOf([{ path: 'big.eml', bytes: Buffer.from(noise(20_000_000)) }]);
    const location = await object('z.gz', gzipSync(padded, { level: 1 }));
    const { octets, title, line } = await inspected(location);
    expect(title).toMatch(/begins as zip within gzip$/);
    expect(line('Entries')).toMatch(/^not told/);
    expect(octets).toBeLessThan(1_000_000);
  });

  test('a zip in a zip is what its own directory says', async () => {
    const outer = await zipOf([{ path: 'export.zip', bytes: Buffer.concat([large, noise(6_000_000)]) }]);
    const { octets, line } = await inspected(await object('outer.zip', outer));
    expect(line('Entries')).toBe('1');
    expect(octets).toBeLessThan(outer.length / 2);
  });
});

test('a plain archive: nothing is marked', async () => {
  const path = join(workshop.folder, 'plain.zip');
  await writeFile(path, large);
  const { title, line, data } = await inspected(path);
  expect(title).toMatch(/: zip$/);
  expect([line('Entries'), line('Envelope'), data['authenticated']]).toEqual(['40', undefined, null]);
});
