import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openEnvelope } from '../../src/decrypt/index.ts';
import { MailproofError } from '../../src/model/index.ts';
import { FakeKms, writeCbc, writeSes, writeV2Context, writeV3 } from './envelope-writer.ts';
import { memorySource } from './memory-source.ts';

const dataKey = Buffer.alloc(32, 5);
const plaintext = Buffer.from('From: a@example.com\r\n\r\nBody of the message, long enough for a few blocks.\r\n');
const NAMES = ['key', 'key-v2', '3', 'iv', 'matdesc', 'wrap-alg', 'cek-alg', 'tag-len', 'c', 'd', 'i', 'w', 'm', 't'];
const VALUES = [
  '',
  '{}',
  '115',
  '12',
  '128',
  'kms',
  'kms+context',
  'AES/GCM/NoPadding',
  'AES/CBC/PKCS5Padding',
  'AAAAAAAAAAAAAAAA',
];

test('envelopes altered at random: opened to the same plaintext, or refused with a code; never anything else', async () => {
  const kms = new FakeKms();
  const objects = [writeV2Context, writeSes, writeV3].map((write) => write({ kms, plaintext, dataKey }));
  const alteration = fc.record({
    object: fc.nat(objects.length - 1),
    fields: fc.dictionary(
      fc.constantFrom(...NAMES).map((name) => `x-amz-${name}`),
      fc.oneof(fc.constantFrom(...VALUES), fc.string(), fc.base64String()),
      { maxKeys: 4 },
    ),
    gone: fc.array(fc.constantFrom(...NAMES), { maxLength: 2 }),
    instruction: fc.option(fc.oneof(fc.json(), fc.string()), { nil: null, freq: 3 }),
  });
  let opened = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(alteration, async ({ object, fields, gone, instruction }) => {
      const base = objects[object];
      if (base === undefined) throw new Error('no object');
      const metadata = { ...base.metadata, ...fields };
      for (const name of gone) delete metadata[`x-amz-${name}`];
      const instructionFile = instruction === null ? null : Buffer.from(instruction);
      try {
        const source = memorySource(base.ciphertext, 13);
        const result = await openEnvelope({ source, metadata, unwrap: kms, instructionFile });
        if (result === null) return;
        expect(Buffer.from(await result.bytes(0, result.size)).equals(plaintext)).toBe(true);
        opened += 1;
      } catch (error) {
        if (!(error instanceof MailproofError)) throw error;
        expect([
          'ENVELOPE_INVALID',
          'ENVELOPE_UNSUPPORTED',
          'CIPHERTEXT_ALTERED',
          'CONTEXT_MISMATCH',
          'KEY_ACCESS_DENIED',
        ]).toContain(error.code);
        refused += 1;
      }
    }),
    { seed: 11, numRuns: 1500 },
  );
  expect(opened).toBeGreaterThan(20);
  expect(refused).toBeGreaterThan(500);
});

test('CBC octets altered at random never crash: they are read or refused', async () => {
  const kms = new FakeKms();
  const object = writeCbc({ kms, plaintext, dataKey });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (ciphertext) => {
      try {
        const result = await openEnvelope({ source: memorySource(ciphertext), metadata: object.metadata, unwrap: kms });
        expect(result?.size).toBe(plaintext.byteLength);
      } catch (error) {
        expect(error).toMatchObject({ code: 'CIPHERTEXT_ALTERED' });
      }
    }),
    { seed: 12, numRuns: 500 },
  );
});
