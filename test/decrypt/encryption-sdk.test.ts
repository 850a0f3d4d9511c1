import { describe, expect, test } from 'vitest';
import {
  looksLikeEncryptionSdkMessage,
  type MessageDecryptor,
  openEncryptionSdkMessage,
  type Spool,
} from '../../src/decrypt/index.ts';
import { MailproofError } from '../../src/model/index.ts';
import { memorySource } from './memory-source.ts';

const PREFIXES: [string, string, boolean][] = [
  ['version 1, AES-256-GCM with HKDF and ECDSA', '01800378', true],
  ['version 1, AES-128-GCM', '01800014', true],
  ['version 2, committing', '02047800', true],
  ['version 2, committing, signed', '02057800', true],
  ['version 1 of another type', '01000378', false],
  ['version 1, no such suite', '01800379', false],
  ['version 2, no such suite', '02037800', false],
  ['a zip archive', '504b0304', false],
  ['nothing', '', false],
  ['half a prefix', '0204', false],
];
test.each(PREFIXES)('prefix: %s', (_, hex, expected) => {
  expect(looksLikeEncryptionSdkMessage(Buffer.from(hex, 'hex'))).toBe(expected);
});

const ciphertext = Buffer.concat([Buffer.from('02047800', 'hex'), Buffer.alloc(100, 7)]);

async function* frames(count: number, failure?: Error): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index += 1) {
    await Promise.resolve();
    yield Uint8Array.of(index);
  }
  if (failure !== undefined) throw failure;
}

/** A spool that remembers what was left in it. */
function memorySpool() {
  const state = { kept: 0, left: 0, closed: 0 };
  const spool: Spool = async (plaintext) => {
    const octets: number[] = [];
    for await (const chunk of plaintext) octets.push(...chunk);
    state.kept += 1;
    const source = memorySource(Uint8Array.from(octets));
    const close = async () => {
      state.closed += 1;
    };
    return { ...source, close };
  };
  return { state, spool };
}

const decryptor =
  (plaintext: AsyncIterable<Uint8Array>): MessageDecryptor =>
  async (message) => {
    let read = 0;
    for await (const chunk of message) read += chunk.byteLength;
    expect(read).toBe(ciphertext.byteLength);
    return { encryptionContext: { purpose: 'archive', case: '1' }, plaintext };
  };

describe('a message', () => {
  test('is spooled whole, and both sources are closed with what is returned', async () => {
    const { state, spool } = memorySpool();
    const source = memorySource(ciphertext);
    const expectedContext = { case: '1' };
    const opened = await openEncryptionSdkMessage({ source, decrypt: decryptor(frames(9)), spool, expectedContext });
    expect(opened?.size).toBe(9);
    expect(Array.from((await opened?.bytes(2, 5)) ?? [])).toEqual([2, 3, 4]);
    const read: number[] = [];
    for await (const chunk of opened?.read(7, 9) ?? []) read.push(...chunk);
    expect(read).toEqual([7, 8]);
    expect(opened?.identity.details['clientSideEncryption']).toMatchObject({ context: { purpose: 'archive' } });
    await opened?.close();
    expect([state.closed, source.closed]).toEqual([1, true]);
  });

  test('of another context is refused before any plaintext is asked for', async () => {
    const { state, spool } = memorySpool();
    let asked = false;
    async function* plaintext(): AsyncGenerator<Uint8Array> {
      asked = true;
      await Promise.resolve();
      yield Uint8Array.of(1);
    }
    const request = { source: memorySource(ciphertext), decrypt: decryptor(plaintext()), spool };
    const promise = openEncryptionSdkMessage({ ...request, expectedContext: { case: '2' } });
    await expect(promise).rejects.toMatchObject({ code: 'CONTEXT_MISMATCH' });
    expect([asked, state.kept]).toEqual([false, 0]);
  });

  test('whose last frame does not hold leaves nothing', async () => {
    const { state, spool } = memorySpool();
    const decrypt = decryptor(frames(5, new Error('Invalid Signature')));
    const promise = openEncryptionSdkMessage({ source: memorySource(ciphertext), decrypt, spool });
    await expect(promise).rejects.toMatchObject({ code: 'CIPHERTEXT_ALTERED', details: { cause: 'message' } });
    await expect(promise).rejects.toThrow(/Invalid Signature/);
    expect(state.kept).toBe(0);
  });

  test('errors that have a code keep it', async () => {
    const decrypt: MessageDecryptor = () => Promise.reject(new MailproofError('KEY_DISABLED', 'The key is disabled.'));
    const promise = openEncryptionSdkMessage({ source: memorySource(ciphertext), decrypt, spool: memorySpool().spool });
    await expect(promise).rejects.toMatchObject({ code: 'KEY_DISABLED' });
  });
});

test.each([0, 3, 50])('%i octets of anything else: null', async (length) => {
  const decrypt: MessageDecryptor = () => Promise.reject(new Error('asked'));
  const source = memorySource(Buffer.alloc(length, 0x50));
  expect(await openEncryptionSdkMessage({ source, decrypt, spool: memorySpool().spool })).toBeNull();
});
