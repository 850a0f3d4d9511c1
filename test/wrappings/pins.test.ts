import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildClient, CommitmentPolicy, KmsKeyringNode } from '@aws-crypto/client-node';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { writeNative } from '../../src/cli/native.ts';
import { openSource, type SourceOptions } from '../../src/cli/source.ts';
import { memorySink } from '../../src/io/index.ts';
import { ManifestReader } from '../../src/manifest/index.ts';
import { inlinePool, processExport } from '../../src/pipeline/index.ts';
import { toInstructionFile, writeSes, writeV3 } from '../decrypt/envelope-writer.ts';
import { AES_KEY, pem, writeWrapped } from '../decrypt/wrapping-writer.ts';
import { silent, zipOf } from '../pipeline/export.ts';
import { keyringClient } from './keyring-client.ts';
import { context, MESSAGES, openWorkshop, processed, sealed, type Workshop } from './workshop.ts';

let workshop: Workshop;
let zip: Uint8Array;
beforeAll(async () => {
  workshop = await openWorkshop();
  zip = await zipOf(MESSAGES.slice(0, 5));
});
afterEach(() => workshop.sandbox.faults.clear());
afterAll(() => workshop.close());

async function object(Key: string, Body: Uint8Array, Metadata: Record<string, string> = {}): Promise<string> {
  await workshop.clients.s3.send(new PutObjectCommand({ Bucket: workshop.sandbox.bucket, Key, Body, Metadata }));
  return `s3://${workshop.sandbox.bucket}/${Key}`;
}

async function file(name: string, octets: Uint8Array): Promise<string> {
  const path = join(workshop.folder, name);
  await writeFile(path, octets);
  return path;
}

const ANOTHER = '999988887777';
const entries = async (location: string, options: SourceOptions = {}) =>
  (await processed(location, options)).result.root.counts.entries;

describe('an account is pinned', () => {
  const account = () => workshop.sandbox.accountId;

  test('for an envelope, by the key that KMS says it used', async () => {
    const { ciphertext, metadata } = await sealed(workshop, writeSes, zip);
    const location = await object('account.zip', ciphertext, metadata);
    expect(await entries(location, { decryptAccount: account() })).toBe(5);
    await expect(entries(location, { decryptAccount: ANOTHER })).rejects.toMatchObject({
      code: 'KEY_MISMATCH',
      message: expect.stringContaining(`not of account ${ANOTHER}`),
    });
  });

  test('for an Encryption SDK message, before KMS is asked', async () => {
    const { sandbox, clients } = workshop;
    const { encrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
    const clientProvider = () => keyringClient(clients.kms);
    const { result } = await encrypt(
      new KmsKeyringNode({ generatorKeyId: sandbox.keyArn, clientProvider }),
      Buffer.from(zip),
    );
    const location = await object('account.bin', result);
    expect(await entries(location, { decryptAccount: account() })).toBe(5);
    sandbox.requests.clear();
    await expect(entries(location, { decryptAccount: ANOTHER })).rejects.toMatchObject({ code: 'KEY_MISMATCH' });
    expect(sandbox.requests.entries.filter(({ operation }) => operation === 'Decrypt')).toEqual([]);
  });

  test('what is not encrypted is not of the account', async () => {
    const location = await object('plain.zip', zip);
    await expect(entries(location, { decryptAccount: account() })).rejects.toMatchObject({ code: 'CONTEXT_MISMATCH' });
    await expect(entries(location, { decryptAccount: 'us-east-1' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('a wrapping key by its file', () => {
  test.each([
    ['AES/ECB', AES_KEY],
    ['AES/GCM', AES_KEY],
    ['RSA PKCS1', pem()],
    ['RSA-OAEP-SHA1', pem()],
  ])('%s, in metadata and in an instruction file', async (name, key) => {
    const wrappingKey = await file('wrapping.key', key);
    const written = writeWrapped(name, zip);
    expect(await entries(await object('wrapped.zip', written.ciphertext, written.metadata), { wrappingKey })).toBe(5);
    const moved = toInstructionFile(written);
    await object('moved.zip.instruction', moved.instructionFile, { 'x-amz-crypto-instr-file': '' });
    expect(await entries(await object('moved.zip', moved.ciphertext, moved.metadata), { wrappingKey })).toBe(5);
  });

  test('a key file that is not there, or is none', async () => {
    const location = await object('plain.zip', zip);
    await expect(entries(location, { wrappingKey: join(workshop.folder, 'none') })).rejects.toMatchObject({
      code: 'USAGE',
    });
    const text = await file('text.key', Buffer.from('correct horse battery staple'));
    await expect(entries(location, { wrappingKey: text })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('an instruction file that may not be asked for', () => {
  const deny = (key: string) =>
    workshop.sandbox.faults.add({ service: 's3', key: `${key}.instruction`, status: 403, times: Infinity });

  test('beside ciphertext: an error that says so, and what to allow', async () => {
    const moved = toInstructionFile(await sealed(workshop, writeSes, zip));
    const location = await object('denied.zip', moved.ciphertext, moved.metadata);
    await object('denied.zip.instruction', moved.instructionFile, { 'x-amz-crypto-instr-file': '' });
    expect(await entries(location)).toBe(5);
    deny('denied.zip');
    await expect(entries(location)).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      message: expect.stringContaining('denied.zip.instruction'),
      advice: expect.stringMatching(/s3:GetObject.*s3:ListBucket/),
    });
  });

  test('beside V3’s half of an envelope: the same', async () => {
    const moved = toInstructionFile(await sealed(workshop, writeV3, zip));
    const location = await object('denied3.zip', moved.ciphertext, moved.metadata);
    deny('denied3.zip');
    await expect(entries(location)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  });

  test('beside a plain archive: it is read, and the finding says on what ground', async () => {
    const location = await object('granted.zip', zip);
    deny('granted.zip');
    const { result } = await processed(location);
    expect(result.root.counts.entries).toBe(5);
    expect(result.sourceFindings).toContainEqual(
      expect.objectContaining({ check: 'instruction-file', severity: 'info' }),
    );
  });

  test('of one object of a prefix that is listed to have one: an error, for it is there', async () => {
    const moved = toInstructionFile(await sealed(workshop, writeSes, MESSAGES[0]?.bytes ?? zip));
    await object('box/mail', moved.ciphertext, moved.metadata);
    await object('box/mail.instruction', moved.instructionFile, { 'x-amz-crypto-instr-file': '' });
    deny('box/mail');
    await expect(entries(`s3://${workshop.sandbox.bucket}/box/`)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  });
});

test('show --as native opens the archive under the same pins as process', async () => {
  const { ciphertext, metadata } = await sealed(workshop, writeV3, zip);
  const location = await object('shown.zip', ciphertext, metadata);
  const sink = memorySink();
  const opened = await openSource(context(), location, { encryptionContext: ['case=7'] });
  await processExport({ source: opened.source, sink, pool: inlinePool(), reporter: silent });
  await opened.source.close();
  opened.close();
  const reader = await ManifestReader.open(sink);
  const record = await reader.record('00000000');
  await expect(
    writeNative(context(), reader, record, location, { encryptionContext: ['case=8'] }),
  ).rejects.toMatchObject({ code: 'CONTEXT_MISMATCH' });
  await expect(writeNative(context(), reader, record, location, { decryptAccount: ANOTHER })).rejects.toMatchObject({
    code: 'KEY_MISMATCH',
  });
});
