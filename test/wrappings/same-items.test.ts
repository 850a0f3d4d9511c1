import { readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildClient, CommitmentPolicy, KmsKeyringNode } from '@aws-crypto/client-node';
import { KMS } from '@aws-sdk/client-kms';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspectCommand } from '../../src/cli/commands/inspect.ts';
import { openSource } from '../../src/cli/source.ts';
import { memorySink, memorySource } from '../../src/io/index.ts';
import { ManifestReader } from '../../src/manifest/index.ts';
import { inlinePool, processExport } from '../../src/pipeline/index.ts';
import { checkRun } from '../../src/verify/index.ts';
import {
  toInstructionFile,
  type WriteOptions,
  type WrittenObject,
  writeCbc,
  writeSes,
  writeV1,
  writeV2Context,
  writeV3,
} from '../decrypt/envelope-writer.ts';
import { silent, zipOf } from '../pipeline/export.ts';
import { noise } from '../sandbox/clients.ts';
import {
  context,
  items,
  MAILBOX,
  MESSAGES,
  openWorkshop,
  processed,
  runOf,
  sealed,
  type Workshop,
} from './workshop.ts';
import { writeFolder, writeMaildir, writeMbox, writeTar, writeTarGz } from './writers.ts';

let workshop: Workshop;
let zip: Uint8Array;
let expected: string[];
let messagesOnly: string[];
beforeAll(async () => {
  workshop = await openWorkshop();
  zip = await zipOf(MAILBOX);
  expected = items((await runOf(memorySource(zip))).records);
  messagesOnly = items((await runOf(memorySource(await zipOf(MESSAGES)))).records);
  expect(expected.length).toBeGreaterThan(60);
});
afterAll(() => workshop.close());

const file = async (name: string, octets: Uint8Array) => {
  const path = join(workshop.folder, name);
  await writeFile(path, octets);
  return path;
};
const object = async (Key: string, Body: Uint8Array, Metadata: Record<string, string> = {}) => {
  await workshop.clients.s3.send(new PutObjectCommand({ Bucket: workshop.sandbox.bucket, Key, Body, Metadata }));
  return `s3://${workshop.sandbox.bucket}/${Key}`;
};

describe('containers', () => {
  const rows: [string, string, () => Promise<string>][] = [
    ['zip', 'zip', () => file('a.zip', zip)],
    ['tar', 'tar', async () => file('a.tar', await writeTar(MAILBOX))],
    ['tar.gz', 'tar.gz', async () => file('a.tar.gz', await writeTarGz(MAILBOX))],
    ['zip in zip', 'zip', async () => file('outer.zip', await zipOf([{ path: 'export.zip', bytes: zip }]))],
    ['gzip of a zip', 'zip', () => file('a.zip.gz', gzipSync(zip))],
    [
      'folder',
      'folder',
      async () => {
        await writeFolder(join(workshop.folder, 'folder'), MAILBOX);
        return join(workshop.folder, 'folder');
      },
    ],
    [
      'S3 prefix',
      's3-prefix',
      async () => {
        for (const { path, bytes } of MAILBOX) await object(`mail/${path}`, bytes);
        return `s3://${workshop.sandbox.bucket}/mail/`;
      },
    ],
  ];
  test.each(rows)('%s: the same items', async (_name, format, make) => {
    const { records, result } = await processed(await make());
    expect(items(records)).toEqual(expected);
    expect(result.root.archive.format).toBe(format);
    expect(result.ledger.balanced).toBe(true);
    expect([result.archiveErrors, result.itemErrors]).toEqual([0, 0]);
  });

  test('Maildir: the same messages in the same folders, flags as keywords', async () => {
    const root = join(workshop.folder, 'maildir');
    await writeMaildir(root, MESSAGES);
    const { records, result } = await processed(root);
    expect(items(records)).toEqual(messagesOnly);
    expect([result.root.archive.format, result.ledger.balanced]).toEqual(['maildir', true]);
    const digestOf = new Map(records.map((record) => [record.native?.digest, record.keywords ?? []]));
    const { records: plain } = await runOf(memorySource(await zipOf(MESSAGES)));
    const roots = plain.filter(({ family }) => family.parent === null);
    for (const [place, { native }] of roots.entries()) {
      const flags = [...(place % 5 === 0 ? ['$flagged', '$answered'] : []), ...(place % 3 === 0 ? ['$seen'] : [])];
      expect(digestOf.get(native?.digest)).toEqual(flags);
    }
  });

  test('mbox: the same messages, octet for octet where they end with a line end', async () => {
    const { records, result } = await processed(await file('a.mbox', writeMbox(MESSAGES)));
    expect(items(records, ['folder', 'native'])).toEqual(
      items((await runOf(memorySource(await zipOf(MESSAGES)))).records, ['folder', 'native']),
    );
    expect([result.root.archive.format, result.ledger.balanced]).toEqual(['mbox', true]);
  });
});

describe('envelopes', () => {
  const writers: [string, (options: WriteOptions) => WrittenObject, boolean][] = [
    ['V2, kms+context', writeV2Context, true],
    ['V2, kms, as SES writes it', writeSes, true],
    ['V2, AES-CBC', writeCbc, false],
    ['V3', writeV3, true],
  ];
  describe.each(writers)('%s', (name, write, authenticated) => {
    const key = name.replace(/\W+/g, '-');
    const proof = (result: Awaited<ReturnType<typeof processed>>['result']) =>
      result.sourceFindings.every(({ check }) => check !== 'envelope-authentication');

    test('in metadata, in S3', async () => {
      const { ciphertext, metadata } = await sealed(workshop, write, zip);
      const { records, result } = await processed(await object(`${key}-m.zip`, ciphertext, metadata));
      expect(items(records)).toEqual(expected);
      expect([proof(result), result.ledger.balanced]).toEqual([authenticated, true]);
      expect(result.root.archive.size).toBe(zip.length);
    });

    test('in an instruction file, in S3', async () => {
      const { ciphertext, metadata, instructionFile } = toInstructionFile(await sealed(workshop, write, zip));
      await object(`${key}-i.zip.instruction`, instructionFile, { 'x-amz-crypto-instr-file': '' });
      const { records } = await processed(await object(`${key}-i.zip`, ciphertext, metadata));
      expect(items(records)).toEqual(expected);
    });

    test('as a file, its metadata or instruction file beside it', async () => {
      const written = await sealed(workshop, write, zip);
      const path = await file(`${key}.zip`, written.ciphertext);
      await file(`${key}.zip.metadata.json`, Buffer.from(JSON.stringify({ Metadata: written.metadata })));
      expect(items((await processed(path)).records)).toEqual(expected);
      const moved = toInstructionFile(written);
      const other = await file(`${key}-i.zip`, moved.ciphertext);
      await file(`${key}-i.zip.metadata.json`, Buffer.from(JSON.stringify(moved.metadata)));
      await file(`${key}-i.zip.instruction`, moved.instructionFile);
      expect(items((await processed(other)).records)).toEqual(expected);
    });

    test('pinned to a context and a key', async () => {
      const { ciphertext, metadata } = await sealed(workshop, write, zip, { case: '7', matter: 'a=b' });
      const location = await object(`${key}-p.zip`, ciphertext, metadata);
      const decryptKeyId = workshop.sandbox.keyArn;
      const right = await processed(location, { encryptionContext: ['case=7', 'matter=a=b'], decryptKeyId });
      expect(items(right.records)).toEqual(expected);
      await expect(processed(location, { encryptionContext: ['case=8'] })).rejects.toMatchObject({
        code: 'CONTEXT_MISMATCH',
      });
      const another = `${decryptKeyId.slice(0, -12)}000000000000`;
      await expect(processed(location, { decryptKeyId: another })).rejects.toMatchObject({ code: /^KEY_/ });
    });

    test('altered: refused, or for CBC damaged and said to be unproved', async () => {
      const { ciphertext, metadata } = await sealed(workshop, write, zip);
      const bad = Buffer.from(ciphertext);
      bad.writeUInt8(bad.readUInt8(bad.length >> 1) ^ 1, bad.length >> 1);
      const location = await object(`${key}-x.zip`, bad, metadata);
      if (authenticated) await expect(processed(location)).rejects.toMatchObject({ code: 'CIPHERTEXT_ALTERED' });
      else {
        const { result } = await processed(location);
        expect(result.archiveErrors).toBeGreaterThan(0);
        expect(proof(result)).toBe(false);
      }
    });
  });

  test('V1, whose key only its writer has, is refused by name', async () => {
    const { ciphertext, metadata } = await sealed(workshop, writeV1, zip);
    const location = await object('v1.zip', ciphertext, metadata);
    await expect(processed(location)).rejects.toMatchObject({ code: 'ENVELOPE_UNSUPPORTED' });
  });

  test('pins on what is not encrypted are refused', async () => {
    const path = await file('plain.zip', zip);
    await expect(processed(path, { encryptionContext: ['case=7'] })).rejects.toMatchObject({
      code: 'CONTEXT_MISMATCH',
    });
    await expect(processed(path, { encryptionContext: ['case'] })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('a prefix of SES mail, each object in an envelope of its own; one that was altered costs itself only', async () => {
    for (const { path, bytes } of MAILBOX) {
      const { ciphertext, metadata } = await sealed(workshop, writeSes, bytes);
      await object(`ses/${path}`, ciphertext, metadata);
    }
    const location = `s3://${workshop.sandbox.bucket}/ses/`;
    const whole = await processed(location);
    expect(items(whole.records)).toEqual(expected);
    expect(whole.result.ledger.balanced).toBe(true);
    const [first] = MAILBOX;
    const { ciphertext, metadata } = await sealed(workshop, writeSes, first?.bytes ?? Buffer.alloc(1));
    ciphertext.writeUInt8(ciphertext.readUInt8(5) ^ 0x80, 5);
    await object(`ses/${first?.path ?? ''}`, ciphertext, metadata);
    const { records, result } = await processed(location);
    const refused = records.filter(({ issues }) => issues.some(({ code }) => code === 'ENTRY_ENCRYPTED'));
    expect(refused.map(({ source, native }) => [source.entry, native])).toEqual([[first?.path, null]]);
    // The same mail elsewhere is the same record: no bucket and no path in it.
    expect(JSON.stringify(records)).not.toContain(workshop.sandbox.bucket);
    expect([result.ledger.balanced, result.ledger.entries.unreadable]).toEqual([true, 1]);
    expect(result.archiveErrors).toBe(1);
  });
});

/** The SDK's keyring asks for methods; exact optional types keep it from taking the client as it is. */
const clientOf = (kms: KMS) => ({
  decrypt: () => Promise.reject(new Error('nothing is decrypted here')),
  encrypt: () => Promise.reject(new Error('a data key is generated, not encrypted')),
  async generateDataKey({ KeyId, NumberOfBytes = 32, EncryptionContext = {} }: GenerateDataKeyRequest) {
    const { Plaintext, CiphertextBlob } = await kms.generateDataKey({ KeyId, NumberOfBytes, EncryptionContext });
    if (Plaintext === undefined || CiphertextBlob === undefined) throw new Error('no data key');
    return { KeyId, Plaintext, CiphertextBlob };
  },
});
interface GenerateDataKeyRequest {
  KeyId: string;
  NumberOfBytes?: number;
  EncryptionContext?: Record<string, string>;
}

describe('AWS Encryption SDK messages', () => {
  const written = async (frameLength = 4096, plaintext: Uint8Array = zip) => {
    const { endpoint, region, credentials, keyArn } = workshop.sandbox;
    const kms = new KMS({ endpoint, region, credentials });
    const { encrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
    const keyring = new KmsKeyringNode({ generatorKeyId: keyArn, clientProvider: () => clientOf(kms) });
    const { result } = await encrypt(keyring, Buffer.from(plaintext), {
      frameLength,
      encryptionContext: { case: '7' },
    });
    kms.destroy();
    return Buffer.from(result);
  };

  test('as a file and in S3: the same items, pins hold', async () => {
    const message = await written();
    const path = await file('sdk.bin', message);
    const { records, result } = await processed(path, {
      encryptionContext: ['case=7'],
      decryptKeyId: workshop.sandbox.keyArn,
    });
    expect(items(records)).toEqual(expected);
    expect(result.root.archive.size).toBe(zip.length);
    expect(items((await processed(await object('sdk.bin', message))).records)).toEqual(expected);
    await expect(processed(path, { encryptionContext: ['case=8'] })).rejects.toMatchObject({
      code: 'CONTEXT_MISMATCH',
    });
    const another = `${workshop.sandbox.keyArn.slice(0, -12)}000000000000`;
    await expect(processed(path, { decryptKeyId: another })).rejects.toMatchObject({ code: 'KEY_MISMATCH' });
  });

  test('altered or cut anywhere: refused, and nothing of the plaintext is left', async () => {
    const message = await written(1024 * 64);
    for (let place = 0; place < 40; place += 1) {
      const at = Math.floor((place * (message.length - 1)) / 39);
      const flipped = Buffer.from(message);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (place % 8)), at);
      // Where the first octets no longer say what it is, it is a file of no known format.
      const codes = /CIPHERTEXT_ALTERED|KEY_|FORMAT_UNKNOWN|ENVELOPE_UNSUPPORTED/;
      await expect(processed(await file('flip.bin', flipped)), `octet ${at}`).rejects.toMatchObject({
        code: expect.stringMatching(codes),
      });
      if (at < 16) continue;
      await expect(processed(await file('cut.bin', message.subarray(0, at))), `cut at ${at}`).rejects.toMatchObject({
        code: expect.stringMatching(codes),
      });
    }
    expect(await left()).toEqual([]);
  });

  test('a spool is private, and gone when the source is closed', async () => {
    const octets = noise(5 << 20);
    const path = await file('spooled.bin', await written(4096, octets));
    const opened = await openSource(context(), path, {});
    const [folder = ''] = await left();
    const spool = join(tmpdir(), folder);
    expect((await stat(spool)).mode & 0o777).toBe(0o700);
    expect((await stat(join(spool, 'plaintext'))).mode & 0o777).toBe(0o600);
    expect(Buffer.from(await opened.source.bytes(0, octets.length)).equals(octets)).toBe(true);
    await opened.source.close();
    opened.close();
    expect(await left()).toEqual([]);
  });

  test('a spooled message that is altered at its end leaves nothing', async () => {
    const message = await written(4096, noise(5 << 20));
    message.writeUInt8(message.readUInt8(message.length - 3) ^ 1, message.length - 3);
    const path = await file('spooled.bin', message);
    await expect(openSource(context(), path, {})).rejects.toMatchObject({ code: 'CIPHERTEXT_ALTERED' });
    expect(await left()).toEqual([]);
  });
});

/** What lies in the folder for temporary files, which is this test's own. */
const left = () => readdir(tmpdir());

test('what was wrapped is verified against its source opened again: every entry matches', async () => {
  const root = join(workshop.folder, 'verified');
  await writeMaildir(root, MESSAGES);
  const { ciphertext, metadata } = await sealed(workshop, writeV3, zip);
  const enveloped = await object('verified.zip', ciphertext, metadata);
  const outer = await file('verified-outer.zip', await zipOf([{ path: 'export.zip', bytes: zip }]));
  for (const argument of [root, enveloped, outer]) {
    const sink = memorySink();
    const first = await openSource(context(), argument, {});
    await processExport({ source: first.source, sink, pool: inlinePool(), reporter: silent, checksum: first.checksum });
    await first.source.close();
    first.close();
    const again = await openSource(context(), argument, {});
    const manifest = await ManifestReader.open(sink);
    const facts = again.sourceFacts;
    const result = await checkRun({ manifest, source: again.source, facts, reporter: silent });
    await again.source.close();
    again.close();
    expect([argument, result.matchedEntries]).toEqual([argument, manifest.root.counts.entries]);
    expect(result.verdict.reasons.filter(({ severity }) => severity === 'error')).toEqual([]);
  }
});

test('the checksum S3 keeps is of the ciphertext, and is not held against the plaintext', async () => {
  const { ciphertext, metadata } = await sealed(workshop, writeV3, zip);
  const { s3 } = workshop.clients;
  const Key = 'checksummed.zip';
  const Bucket = workshop.sandbox.bucket;
  await s3.send(
    new PutObjectCommand({ Bucket, Key, Body: ciphertext, Metadata: metadata, ChecksumAlgorithm: 'SHA256' }),
  );
  const opened = await openSource(context(), `s3://${Bucket}/${Key}`, {});
  expect([opened.checksum, opened.sourceFacts.object?.checksums]).toEqual([null, {}]);
  expect(opened.facts['ciphertext']).toMatchObject({
    size: ciphertext.length,
    checksums: { sha256: expect.any(String) },
  });
  await opened.source.close();
  opened.close();
});

test('inspect names wrapping, key, context and entries', async () => {
  const { ciphertext, metadata } = await sealed(workshop, writeSes, zip);
  const location = await object('inspected.zip', ciphertext, metadata);
  const seen = context();
  expect(await inspectCommand(seen, location, {})).toBe(0);
  const [summary] = seen.seen.summaries;
  const line = (label: string) => summary?.lines.find((each) => each.label === label)?.text;
  expect(line('Entries')).toBe(String(MAILBOX.length));
  expect(line('Envelope')).toBe('S3 Encryption Client V2, AES/GCM/NoPadding, every octet authenticated');
  expect(line('Envelope key')).toMatch(/^arn:aws:kms:/);
  expect(line('Context')).toContain('"case":"7"');
  const folder = context();
  await writeFolder(join(workshop.folder, 'custodians'), [
    { path: 'anna@example.com/Inbox/1.eml', bytes: Buffer.from('From: a\r\n\r\nx') },
  ]);
  expect(await inspectCommand(folder, join(workshop.folder, 'custodians'), {})).toBe(0);
  const lines = folder.seen.summaries[0]?.lines ?? [];
  expect(lines.find(({ label }) => label === 'Custodian')?.text).toBe('anna@example.com');
  expect(lines.find(({ label }) => label === 'Entries')?.text).toBe('1');
});
