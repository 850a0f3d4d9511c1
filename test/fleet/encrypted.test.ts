import { buildEncrypt, CommitmentPolicy, KmsKeyringNode } from '@aws-crypto/client-node';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runTask, type TaskPorts } from '../../src/fleet/index.ts';
import { jsonLog, makeHandler } from '../../src/hook/index.ts';
import { readSettings } from '../../src/hook/settings.ts';
import { memorySink, systemClock } from '../../src/io/index.ts';
import type { JsonObject } from '../../src/model/index.ts';
import { inlinePool, processExport } from '../../src/pipeline/index.ts';
import { writeZip } from '../../src/sandbox/index.ts';
import {
  toInstructionFile,
  type WrittenObject,
  writeCbc,
  writeV2Context,
  writeV3,
} from '../decrypt/envelope-writer.ts';
import { bridgeEvent } from '../hook/documents.ts';
import { openWorkshop, sealed, type Workshop } from '../wrappings/workshop.ts';
import { archiveOf, silent, sourceOf } from './mailbox.ts';

const archive = await archiveOf(700, 4);
let workshop: Workshop;
/** The root one machine writes of the plaintext. */
let expected: string;
const PINS = { MAILPROOF_ENCRYPTION_CONTEXT: '{"case":"7"}' };

beforeAll(async () => {
  workshop = await openWorkshop();
  const sink = memorySink();
  await processExport({ source: sourceOf(archive), sink, pool: inlinePool(), reporter: silent });
  expected = Buffer.from(sink.files.get('manifest.json') ?? []).toString();
  const put = async (name: string, { metadata, ciphertext }: WrittenObject) => store(name, ciphertext, metadata);
  await put('v2', await sealed(workshop, writeV2Context, archive));
  await put('v3', await sealed(workshop, writeV3, archive));
  await put('cbc', await sealed(workshop, writeCbc, archive));
  const apart = toInstructionFile(await sealed(workshop, writeV3, archive));
  await put('instruction', apart);
  await store('instruction.zip.instruction', apart.instructionFile, {}, '');
  await store('message', await encryptedMessage(archive), {});
  await store('twice', await zipped('export.zip', archive), {});
  const altered = await sealed(workshop, writeV2Context, archive);
  altered.ciphertext[1_000] = (altered.ciphertext[1_000] ?? 0) ^ 1;
  await put('altered', altered);
  await put('v2-other', await sealed(workshop, writeV2Context, archive));
  await put('v3-other', await sealed(workshop, writeV3, archive));
  await store('plain', archive, {});
});
afterAll(() => workshop.close());

async function store(name: string, Body: Uint8Array, Metadata: Record<string, string>, suffix = '.zip'): Promise<void> {
  const Bucket = workshop.sandbox.bucket;
  await workshop.clients.s3.send(new PutObjectCommand({ Bucket, Key: `${name}${suffix}`, Body, Metadata }));
}

/** Written by the AWS Encryption SDK itself. */
async function encryptedMessage(plaintext: Uint8Array): Promise<Buffer> {
  const keyring = new KmsKeyringNode({ generatorKeyId: workshop.sandbox.keyArn });
  const { encrypt } = buildEncrypt(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
  const { result } = await encrypt(keyring, plaintext, { encryptionContext: { case: '7' } });
  return result;
}

async function zipped(path: string, bytes: Uint8Array): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeZip([{ path, bytes }])) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function rootAt(location: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  const path = location.replace(`s3://${workshop.sandbox.bucket}/`, '');
  for await (const chunk of workshop.sandbox.get(path)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('in the hook', () => {
  const handlerOf = (environment: Record<string, string>) =>
    makeHandler(
      {
        clients: workshop.clients,
        clock: systemClock,
        settings: readSettings(environment),
        makePool: inlinePool,
        announcers: [],
        handOver: null,
      },
      jsonLog(() => undefined),
    );
  const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 300_000 };
  const run = (name: string, environment: Record<string, string> = {}) =>
    handlerOf(environment)(bridgeEvent(workshop.sandbox.bucket, `${name}.zip`), context);

  test.each([
    ['v2', PINS],
    ['v3', PINS],
    ['cbc', PINS],
    ['instruction', PINS],
    ['message', PINS],
    ['twice', {}],
  ])('%s: the root is the one of the plaintext, byte for byte', async (name, environment) => {
    const answer = JSON.stringify(await run(name, environment));
    const location = /"location":"([^"]+)"/.exec(answer)?.[1] ?? '';
    expect(await rootAt(location)).toBe(expected);
    const custody = JSON.parse(await rootAt(location.replace('manifest.json', 'custody.json')));
    expect(custody.source[name === 'twice' ? 'wrappedIn' : 'clientSideEncryption']).toBeDefined();
    expect(await run(name, environment)).toMatchObject({ outcomes: [{ state: 'known' }] });
  });

  test.each([
    ['another case', 'v2-other', { MAILPROOF_ENCRYPTION_CONTEXT: '{"case":"8"}' }, 'CONTEXT_MISMATCH'],
    [
      'a key that is not there',
      'v3-other',
      { MAILPROOF_DECRYPT_KEY_ID: 'arn:aws:kms:us-east-1:1:key/other' },
      'KEY_NOT_FOUND',
    ],
    ['no encryption where a case is asked for', 'plain', PINS, 'CONTEXT_MISMATCH'],
    ['altered ciphertext', 'altered', {}, 'CIPHERTEXT_ALTERED'],
  ])('%s: refused for good, and nothing is written', async (_, name, environment, code) => {
    await expect(run(name, environment)).rejects.toMatchObject({ name: 'MailproofPermanent' });
    await expect(run(name, environment)).rejects.toMatchObject({ code });
  });
});

describe('in the fleet', () => {
  const portsOf = (environment: Record<string, string>): TaskPorts => ({
    clients: workshop.clients,
    clock: systemClock,
    makePool: inlinePool,
    reporter: silent,
    kmsKeyId: null,
    pins: readSettings(environment).pins,
  });
  const placeOf = (name: string): JsonObject => ({
    source: { bucket: workshop.sandbox.bucket, key: `${name}.zip`, versionId: null },
    destination: { bucket: workshop.sandbox.bucket, prefix: `fleet/${name}` },
  });

  test.each(['v2', 'v3', 'instruction'])('%s is split: the merged root is the one of the plaintext', async (name) => {
    const ports = portsOf(PINS);
    const place = placeOf(name);
    const planned = await runTask({ task: 'plan', ...place, shardOctets: 1 }, ports);
    expect(planned).toMatchObject({ mode: 'fleet' });
    const shards = planned.task === 'plan' ? planned.shards : 0;
    expect(shards).toBeGreaterThan(1);
    for (let shard = 0; shard < shards; shard++) await runTask({ task: 'shard', ...place, shard }, ports);
    await runTask({ task: 'digest', ...place }, ports);
    const merged = await runTask({ task: 'merge', ...place }, ports);
    expect(merged).toMatchObject({ task: 'merge' });
    expect(await rootAt(merged.task === 'merge' ? merged.manifest : '')).toBe(expected);
  });

  test.each(['message', 'twice'])('%s can be read only forwards, or has to be spooled: one machine', async (name) => {
    const before = workshop.sandbox.requests.entries.length;
    expect(await runTask({ task: 'plan', ...placeOf(name) }, portsOf({}))).toMatchObject({ mode: 'whole', shards: 0 });
    // Nothing of it was read but a few ranges, and nothing is left behind.
    const asked = workshop.sandbox.requests.entries.slice(before);
    expect(asked.filter(({ operation }) => operation === 'PutObject')).toEqual([]);
    expect(asked.filter(({ operation }) => operation === 'Decrypt')).toEqual([]);
  });

  test('another case is refused by every task', async () => {
    const ports = portsOf({ MAILPROOF_ENCRYPTION_CONTEXT: '{"case":"8"}' });
    await expect(runTask({ task: 'plan', ...placeOf('v2') }, ports)).rejects.toMatchObject({
      code: 'CONTEXT_MISMATCH',
    });
  });
});
