import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type KeyMaterial, openEnvelope, readWrappingKey } from '../../src/decrypt/index.ts';
import { MailproofError } from '../../src/model/index.ts';
import { FakeKms, writeSes, writeV3 } from './envelope-writer.ts';
import { memorySource } from './memory-source.ts';
import { AES_KEY, pem, RSA, WRAPS, writeWrapped } from './wrapping-writer.ts';

const plaintext = Buffer.from('From: a@example.com\r\nSubject: sealed\r\n\r\nOld mail.\r\n'.repeat(40));
const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const noKms = { decrypt: () => Promise.reject(new Error('KMS was asked')) };
const keyFor = (name: string): KeyObject => (WRAPS[name]?.kind === 'AES' ? createSecretKey(AES_KEY) : RSA.privateKey);

async function open(object: ReturnType<typeof writeWrapped>, material: KeyMaterial) {
  const source = memorySource(object.ciphertext, 100);
  const opened = await openEnvelope({ source, metadata: object.metadata, unwrap: noKms, ...material });
  if (opened === null) throw new Error('not encrypted');
  return opened;
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof MailproofError)) throw error;
    expect(`${error.message} ${error.advice ?? ''}`).not.toContain(AES_KEY.toString('hex').slice(0, 8));
    return error.code;
  }
  return 'opened';
}

describe.each(Object.keys(WRAPS))('%s', (name) => {
  test('opens with the key it was wrapped with, and KMS is not asked', async () => {
    const opened = await open(writeWrapped(name, plaintext), { wrappingKey: keyFor(name) });
    expect(Buffer.from(await opened.bytes(0, opened.size)).equals(plaintext)).toBe(true);
    expect(opened.findings.map(({ check }) => check)).toEqual(
      WRAPS[name]?.version === 1 ? ['envelope-authentication'] : [],
    );
  });

  test('without its key it is refused, and told which key would open it', async () => {
    const refused = open(writeWrapped(name, plaintext), {});
    await expect(refused).rejects.toMatchObject({
      code: 'ENVELOPE_UNSUPPORTED',
      details: { cause: 'wrapping' },
      advice: expect.stringMatching(WRAPS[name]?.version === 1 ? /AES or RSA key.*--wrapping-key/ : /--wrapping-key/),
    });
  });

  test('another key, of either kind: refused', async () => {
    const object = writeWrapped(name, plaintext);
    for (const wrappingKey of [createSecretKey(Buffer.alloc(32, 1)), createSecretKey(Buffer.alloc(16, 1)), other])
      expect(await codeOf(open(object, { wrappingKey }))).toBe('KEY_MISMATCH');
  });

  test('a wrapped key altered in any octet: refused, never another plaintext', async () => {
    const object = writeWrapped(name, plaintext);
    const field = WRAPS[name]?.version === 1 ? 'x-amz-key' : 'x-amz-key-v2';
    const wrapped = Buffer.from(object.metadata[field] ?? '', 'base64');
    for (let at = 0; at < wrapped.length; at += WRAPS[name]?.kind === 'RSA' ? 16 : 1) {
      const altered = Buffer.from(wrapped);
      altered.writeUInt8(altered.readUInt8(at) ^ 0x04, at);
      const metadata = { ...object.metadata, [field]: altered.toString('base64') };
      // V1 authenticates nothing, not even its key: what an altered one opens has no padding.
      expect(await codeOf(open({ ...object, metadata }, { wrappingKey: keyFor(name) }))).toMatch(
        /^(?:KEY_MISMATCH|CIPHERTEXT_ALTERED|ENVELOPE_INVALID)$/,
      );
    }
  });

  test('pins: the description is held to the expected pairs, and a KMS key or account cannot be', async () => {
    const object = writeWrapped(name, plaintext);
    const wrappingKey = keyFor(name);
    expect(await codeOf(open(object, { wrappingKey, expectedContext: { owner: 'records' } }))).toBe('opened');
    expect(await codeOf(open(object, { wrappingKey, expectedContext: { owner: 'x' } }))).toBe('CONTEXT_MISMATCH');
    expect(await codeOf(open(object, { wrappingKey, expectedKeyId: 'arn:x' }))).toBe('KEY_MISMATCH');
    expect(await codeOf(open(object, { wrappingKey, expectedAccountId: '111122223333' }))).toBe('KEY_MISMATCH');
  });
});

test('AES keys of 128 octets’ worth of bits unwrap what they wrapped', async () => {
  const short = Buffer.alloc(16, 0x42);
  for (const name of ['AES/ECB', 'AESWrap', 'AES/GCM'])
    expect(await codeOf(open(writeWrapped(name, plaintext, short), { wrappingKey: createSecretKey(short) }))).toBe(
      'opened',
    );
});

test('RSA-OAEP-SHA1 binds the content cipher: under another name the key is refused', async () => {
  const object = writeWrapped('RSA-OAEP-SHA1', plaintext);
  const metadata: Record<string, string> = {
    ...object.metadata,
    'x-amz-cek-alg': 'AES/CBC/PKCS5Padding',
    'x-amz-iv': Buffer.alloc(16).toString('base64'),
  };
  delete metadata['x-amz-tag-len'];
  expect(await codeOf(open({ ...object, metadata }, { wrappingKey: RSA.privateKey }))).toBe('KEY_MISMATCH');
});

test('where KMS wrapped the key, a wrapping key changes nothing; V3’s own wraps stay refused', async () => {
  const kms = new FakeKms();
  const dataKey = Buffer.alloc(32, 9);
  const wrappingKey = createSecretKey(AES_KEY);
  const { ciphertext, metadata } = writeSes({ kms, plaintext, dataKey });
  const opened = await openEnvelope({ source: memorySource(ciphertext), metadata, unwrap: kms, wrappingKey });
  expect([opened?.size, kms.asked.length]).toEqual([plaintext.length, 1]);
  const third = writeV3({ kms, plaintext, dataKey });
  third.metadata['x-amz-w'] = '02';
  expect(await codeOf(open(third, { wrappingKey }))).toBe('ENVELOPE_UNSUPPORTED');
});

describe('key files', () => {
  test.each([16, 24, 32])('%i octets are an AES key', (length) => {
    expect(readWrappingKey(Buffer.alloc(length, 7), 'k')).toMatchObject({ type: 'secret', symmetricKeySize: length });
  });
  test('PEM, PKCS #8 and PKCS #1', () => {
    expect(readWrappingKey(pem(), 'k').asymmetricKeyType).toBe('rsa');
    const first = RSA.privateKey.export({ type: 'pkcs1', format: 'pem' });
    expect(readWrappingKey(Buffer.from(first), 'k').asymmetricKeyType).toBe('rsa');
  });
  const locked = RSA.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' });
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const publicKey = RSA.publicKey.export({ type: 'spki', format: 'pem' });
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['hexadecimal', Buffer.from(AES_KEY.toString('hex'))],
    ['base64', Buffer.from(AES_KEY.toString('base64'))],
    ['a protected PEM', Buffer.from(locked)],
    ['an elliptic key', Buffer.from(curve)],
    ['a public key', Buffer.from(publicKey)],
    ['half a PEM', pem().subarray(0, 300)],
  ])('%s is refused, and nothing of it is quoted', (_, octets) => {
    try {
      readWrappingKey(octets, 'key-file');
      throw new Error('it was read');
    } catch (error) {
      expect(error).toMatchObject({ code: 'USAGE', message: expect.stringContaining('key-file') });
      const told = error instanceof MailproofError ? `${error.message}${error.advice ?? ''}${String(error.cause)}` : '';
      if (octets.length > 40) expect(told).not.toContain(octets.toString('latin1', 28, 40));
    }
  });
});
