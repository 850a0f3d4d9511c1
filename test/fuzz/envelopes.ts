import { createSecretKey } from 'node:crypto';
import { buildClient, CommitmentPolicy, KmsKeyringNode } from '@aws-crypto/client-node';
import { createClients, messageDecryptor } from '../../src/aws/index.ts';
import { openEncryptionSdkMessage, openEnvelope } from '../../src/decrypt/index.ts';
import { memorySource } from '../../src/io/index.ts';
import { MailproofError } from '../../src/model/index.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { FakeKms, toInstructionFile, writeCbc, writeSes, writeV2Context, writeV3 } from '../decrypt/envelope-writer.ts';
import { AES_KEY, writeWrapped } from '../decrypt/wrapping-writer.ts';
import { keyringClient } from '../wrappings/keyring-client.ts';
import { mutateNumber, mutateOctets } from './mutate.ts';
import type { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

const PLAINTEXT = Buffer.from('From: a@example.com\r\nSubject: sealed\r\n\r\n'.repeat(30));
const FIELDS = [
  'key',
  'key-v2',
  '3',
  'iv',
  'matdesc',
  'wrap-alg',
  'cek-alg',
  'tag-len',
  'c',
  'd',
  'i',
  'w',
  'm',
  't',
  'unencrypted-content-length',
];
const VALUES = [
  '',
  '{}',
  '[]',
  'null',
  '115',
  '12',
  '02',
  '128',
  '0',
  '-1',
  '1e9',
  '9'.repeat(40),
  'kms',
  'kms+context',
  'AESWrap',
  'AES/GCM',
  'RSA-OAEP-SHA1',
  'AES/GCM/NoPadding',
  'AES/CBC/PKCS5Padding',
  'AAAAAAAAAAAAAAAA',
  '__proto__',
  '{"__proto__":"x"}',
  '=?utf-8?q?{=22a=22:=22b=22}?=',
  'A'.repeat(5000),
];

/** Whatever was altered: the same plaintext, or a refusal with a code. */
async function refusedOrSame(reading: () => Promise<Uint8Array | null>, mayDiffer: boolean): Promise<void> {
  try {
    const plaintext = await reading();
    if (plaintext !== null && !mayDiffer && !PLAINTEXT.equals(plaintext))
      throw new Error('another plaintext was handed out');
  } catch (error) {
    if (!(error instanceof MailproofError) || error.code === 'UNEXPECTED') throw error;
  }
}

function alteredMetadata(random: Random, good: Readonly<Record<string, string>>): Record<string, string> {
  const metadata = { ...good };
  for (let change = random.below(4); change > 0; change -= 1) {
    const name = `x-amz-${random.of(FIELDS)}`;
    const old = metadata[name];
    if (random.chance(0.2)) delete metadata[name];
    else if (old !== undefined && random.chance(0.6))
      metadata[name] = mutateOctets(random, Buffer.from(old), 1).toString('latin1');
    else metadata[name] = random.of(VALUES);
  }
  return metadata;
}

export const ENVELOPE_TARGETS: readonly FuzzTarget[] = [
  {
    name: 'envelope',
    runs: 3000,
    prepare: async () => {
      const kms = new FakeKms();
      const dataKey = Buffer.alloc(32, 5);
      const options = { kms, plaintext: PLAINTEXT, dataKey, context: { case: '7' } };
      const written = [writeV2Context, writeSes, writeV3, writeCbc].map((write) => write(options));
      const local = ['AES/ECB', 'AESWrap', 'AES/GCM'].map((name) => writeWrapped(name, PLAINTEXT));
      const wrappingKey = createSecretKey(AES_KEY);
      return async (random) => {
        const good = random.of([...written, ...local]);
        const moved = random.chance(0.3) ? toInstructionFile(good) : { ...good, instructionFile: null };
        const metadata = alteredMetadata(random, moved.metadata);
        const ciphertext = random.chance(0.4) ? mutateOctets(random, good.ciphertext, 1) : good.ciphertext;
        const instructionFile =
          moved.instructionFile !== null && random.chance(0.5)
            ? mutateOctets(random, moved.instructionFile)
            : moved.instructionFile;
        // AES-CBC authenticates nothing: what it opens to is said not to be proved.
        await refusedOrSame(async () => {
          const opened = await openEnvelope({
            source: memorySource(ciphertext),
            metadata,
            instructionFile,
            unwrap: kms,
            wrappingKey,
          });
          if (opened === null || opened.findings.length > 0) return null;
          return opened.bytes(0, opened.size);
        }, false);
      };
    },
  },
  {
    name: 'Encryption SDK message',
    runs: 150,
    prepare: async () => {
      const sandbox = await startSandbox();
      const clients = createClients(sandbox);
      const { encrypt } = buildClient(CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT);
      const committed = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
      const keyring = new KmsKeyringNode({
        generatorKeyId: sandbox.keyArn,
        clientProvider: () => keyringClient(clients.kms),
      });
      const goods: Buffer[] = [];
      for (const frameLength of [64, 4096]) {
        goods.push(
          Buffer.from((await encrypt(keyring, PLAINTEXT, { frameLength, encryptionContext: { case: '7' } })).result),
        );
        goods.push(Buffer.from((await committed.encrypt(keyring, PLAINTEXT, { frameLength })).result));
      }
      const decrypt = messageDecryptor({ kms: clients.kms });
      for (const good of goods) if ((await open(good, decrypt)) === null) throw new Error('not read as a message');
      return async (random) => {
        const good = random.of(goods);
        const altered = random.chance(0.5)
          ? mutateOctets(random, good, 1 + random.below(2))
          : mutateNumber(random, good, random.below(Math.min(good.length, 700)), random.of([1, 2, 4]));
        await refusedOrSame(() => open(altered, decrypt), false);
      };
    },
  },
];

async function open(octets: Uint8Array, decrypt: ReturnType<typeof messageDecryptor>): Promise<Uint8Array | null> {
  const opened = await openEncryptionSdkMessage({
    source: memorySource(octets),
    decrypt,
    spool: async (plaintext) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of plaintext) chunks.push(chunk);
      return memorySource(Buffer.concat(chunks));
    },
  });
  return opened === null ? null : opened.bytes(0, opened.size);
}
