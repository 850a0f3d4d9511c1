import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DecryptedSource, openEnvelope, readEnvelope } from '../../src/decrypt/index.ts';
import { type ByteSource, MailproofError } from '../../src/model/index.ts';
import {
  FakeKms,
  toInstructionFile,
  type WriteOptions,
  type WrittenObject,
  writeCbc,
  writeSes,
  writeV1,
  writeV2Context,
  writeV3,
} from './envelope-writer.ts';
import { memorySource } from './memory-source.ts';

const dataKey = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');
const octets = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 131 + (index >> 8) * 7) & 0xff);

const WRITERS: Record<string, (options: WriteOptions) => WrittenObject> = {
  'V2 kms+context GCM': writeV2Context,
  'V2 kms GCM (SES)': writeSes,
  'V2 kms CBC': writeCbc,
  V3: writeV3,
};

async function open(object: WrittenObject, kms: FakeKms, options: object = {}): Promise<DecryptedSource> {
  const source = memorySource(object.ciphertext, 1000);
  const opened = await openEnvelope({ source, metadata: object.metadata, unwrap: kms, ...options });
  if (opened === null) throw new Error('not encrypted');
  return opened;
}

async function refusalOf(promise: Promise<unknown>): Promise<{ code: string; cause: unknown; message: string }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof MailproofError)
      return { code: error.code, cause: error.details['cause'], message: error.message };
    throw error;
  }
  throw new Error('it was opened');
}

async function concatenated(source: ByteSource, start: number, end: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.read(start, end)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe.each(Object.entries(WRITERS))('%s', (_, write) => {
  test.each([0, 1, 15, 16, 17, 31, 32, 1000, 4096, 70_001])('%i octets come back', async (length) => {
    const kms = new FakeKms();
    const plaintext = octets(length);
    const opened = await open(write({ kms, plaintext, dataKey, context: { case: '2026-17' } }), kms);
    expect(opened.size).toBe(length);
    expect(Buffer.compare(await opened.bytes(0, length), plaintext)).toBe(0);
  });

  test('from an instruction file', async () => {
    const kms = new FakeKms();
    const plaintext = octets(5000);
    const object = toInstructionFile(write({ kms, plaintext, dataKey }));
    const opened = await open(object, kms, { instructionFile: () => Promise.resolve(object.instructionFile) });
    expect(Buffer.compare(await opened.bytes(0, 5000), plaintext)).toBe(0);
    expect(opened.identity.details['clientSideEncryption']).toMatchObject({ storedIn: 'instruction-file' });
  });

  test('any range of the plaintext is that range of it, in any chunks', async () => {
    const kms = new FakeKms();
    const plaintext = octets(10_000);
    const object = write({ kms, plaintext, dataKey });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(10_000),
        fc.nat(10_000),
        fc.integer({ min: 1, max: 3000 }),
        async (left, right, chunk) => {
          const [start, end] = left < right ? [left, right] : [right, left];
          const source = memorySource(object.ciphertext, chunk);
          const opened = await openEnvelope({ source, metadata: object.metadata, unwrap: kms });
          if (opened === null) throw new Error('not encrypted');
          expect(Buffer.compare(await concatenated(opened, start, end), plaintext.subarray(start, end))).toBe(0);
          const array = await opened.bytes(start, end);
          expect(Buffer.compare(array, plaintext.subarray(start, end))).toBe(0);
          expect(array.buffer.byteLength).toBe(end - start);
        },
      ),
      { seed: 20_260_301, numRuns: 60 },
    );
  });

  test('names in capitals with the wire prefix are the same names', async () => {
    const kms = new FakeKms();
    const object = write({ kms, plaintext: octets(100), dataKey });
    const entries = Object.entries(object.metadata).map(([name, value]) => [`X-Amz-Meta-${name.toUpperCase()}`, value]);
    const opened = await open({ ...object, metadata: Object.fromEntries(entries) }, kms);
    expect(opened.size).toBe(100);
  });

  test('every truncation is refused', async () => {
    const kms = new FakeKms();
    const object = write({ kms, plaintext: octets(200), dataKey });
    // Without the declared length, so that the cipher itself has to see it. CBC cut at a block sees it by its padding.
    delete object.metadata['x-amz-unencrypted-content-length'];
    for (let length = 0; length < object.ciphertext.length; length += 1) {
      const found = await refusalOf(open({ ...object, ciphertext: object.ciphertext.subarray(0, length) }, kms));
      expect([length, found.code]).toEqual([length, 'CIPHERTEXT_ALTERED']);
    }
  });
});

describe.each([
  ['V2', writeV2Context],
  ['SES', writeSes],
  ['V3', writeV3],
])('%s, authenticated', (_, write) => {
  test('every single altered octet of the object is refused before a range can be read', async () => {
    const kms = new FakeKms();
    const object = write({ kms, plaintext: octets(70), dataKey });
    for (let at = 0; at < object.ciphertext.length; at += 1) {
      const ciphertext = Buffer.from(object.ciphertext);
      ciphertext[at] = (ciphertext[at] ?? 0) ^ 0x01;
      expect(await refusalOf(open({ ...object, ciphertext }, kms))).toMatchObject({
        code: 'CIPHERTEXT_ALTERED',
        cause: 'tag',
      });
    }
  });

  test('a large object is read twice and not held, a small one once', async () => {
    const kms = new FakeKms();
    const large = write({ kms, plaintext: octets(5 * 1024 * 1024), dataKey });
    const source = memorySource(large.ciphertext);
    const progress: number[] = [];
    const opened = await openEnvelope({
      source,
      metadata: large.metadata,
      unwrap: kms,
      onAuthenticated: (count) => progress.push(count),
    });
    expect(progress.at(-1)).toBe(5 * 1024 * 1024);
    source.reads.length = 0;
    expect(
      Buffer.compare(
        (await opened?.bytes(1_000_003, 1_000_103)) ?? Buffer.alloc(0),
        octets(1_000_103).subarray(1_000_003),
      ),
    ).toBe(0);
    expect(source.reads).toEqual([[1_000_000, 1_000_103]]);
    await opened?.close();
    expect(source.closed).toBe(true);

    const small = memorySource(write({ kms, plaintext: octets(100), dataKey }).ciphertext);
    const held = await openEnvelope({
      source: small,
      metadata: write({ kms, plaintext: octets(100), dataKey }).metadata,
      unwrap: kms,
    });
    small.reads.length = 0;
    const first = await held?.bytes(0, 50);
    first?.fill(0);
    expect(Buffer.compare((await held?.bytes(0, 50)) ?? Buffer.alloc(0), octets(50))).toBe(0);
    expect(small.reads).toEqual([]);
  });
});

type Alter = (object: WrittenObject, other: WrittenObject) => void;
const replace =
  (name: string, value: string): Alter =>
  (object) => {
    object.metadata[name] = value;
  };
const remove =
  (name: string): Alter =>
  (object) => {
    delete object.metadata[name];
  };
const fromOther =
  (...names: string[]): Alter =>
  (object, other) => {
    for (const name of names) object.metadata[name] = other.metadata[name] ?? '';
  };
const zeros = (length: number) => Buffer.alloc(length).toString('base64');

/** What is altered, in which object, and the one error it must end in. */
const ALTERATIONS: [string, keyof typeof WRITERS, Alter, string, string | undefined][] = [
  ['IV', 'V2 kms+context GCM', replace('x-amz-iv', zeros(12)), 'CIPHERTEXT_ALTERED', 'tag'],
  ['IV of 16 octets', 'V2 kms+context GCM', replace('x-amz-iv', zeros(16)), 'ENVELOPE_INVALID', 'iv-length'],
  [
    'IV not base64',
    'V2 kms+context GCM',
    replace('x-amz-iv', 'AAEC*wQFBgcICQoL'),
    'ENVELOPE_INVALID',
    'field-malformed',
  ],
  ['IV gone', 'V2 kms+context GCM', remove('x-amz-iv'), 'ENVELOPE_INVALID', 'instruction-file-missing'],
  ['data key gone', 'V3', remove('x-amz-3'), 'ENVELOPE_INVALID', 'instruction-file-missing'],
  ['wrapping gone', 'V2 kms+context GCM', remove('x-amz-wrap-alg'), 'ENVELOPE_INVALID', 'field-missing'],
  ['cipher gone', 'V3', remove('x-amz-c'), 'ENVELOPE_INVALID', 'field-missing'],
  ['data key altered', 'V2 kms+context GCM', replace('x-amz-key-v2', zeros(45)), 'KEY_ACCESS_DENIED', undefined],
  ['data key altered', 'V3', replace('x-amz-3', zeros(45)), 'KEY_ACCESS_DENIED', undefined],
  [
    'data key of another object',
    'V2 kms+context GCM',
    fromOther('x-amz-key-v2', 'x-amz-matdesc'),
    'CIPHERTEXT_ALTERED',
    'tag',
  ],
  ['data key of another object', 'V3', fromOther('x-amz-3', 'x-amz-t'), 'CIPHERTEXT_ALTERED', 'commitment'],
  [
    'data key of another object',
    'V2 kms CBC',
    fromOther('x-amz-key-v2', 'x-amz-matdesc'),
    'CIPHERTEXT_ALTERED',
    'padding',
  ],
  [
    'context value',
    'V2 kms GCM (SES)',
    replace('x-amz-matdesc', '{"kms_cmk_id":"other"}'),
    'KEY_ACCESS_DENIED',
    undefined,
  ],
  [
    'context not JSON',
    'V2 kms GCM (SES)',
    replace('x-amz-matdesc', '{"kms_cmk_id"'),
    'ENVELOPE_INVALID',
    'context-malformed',
  ],
  ['context of numbers', 'V3', replace('x-amz-t', '{"a":1}'), 'ENVELOPE_INVALID', 'context-malformed'],
  ['context an array', 'V3', replace('x-amz-t', '["a"]'), 'ENVELOPE_INVALID', 'context-malformed'],
  ['context gone', 'V3', remove('x-amz-t'), 'CONTEXT_MISMATCH', 'cipher-not-bound'],
  ['commitment', 'V3', replace('x-amz-d', zeros(28)), 'CIPHERTEXT_ALTERED', 'commitment'],
  ['commitment short', 'V3', replace('x-amz-d', zeros(27)), 'ENVELOPE_INVALID', 'field-malformed'],
  ['commitment empty', 'V3', replace('x-amz-d', ''), 'ENVELOPE_INVALID', 'field-malformed'],
  ['message id', 'V3', replace('x-amz-i', zeros(28)), 'CIPHERTEXT_ALTERED', 'commitment'],
  [
    'declared length',
    'V2 kms GCM (SES)',
    replace('x-amz-unencrypted-content-length', '301'),
    'CIPHERTEXT_ALTERED',
    'length',
  ],
  ['declared length', 'V2 kms CBC', replace('x-amz-unencrypted-content-length', '299'), 'CIPHERTEXT_ALTERED', 'length'],
  [
    'declared length no number',
    'V2 kms CBC',
    replace('x-amz-unencrypted-content-length', '-1'),
    'ENVELOPE_INVALID',
    'field-malformed',
  ],
  ['tag length', 'V2 kms+context GCM', replace('x-amz-tag-len', '32'), 'ENVELOPE_INVALID', 'field-malformed'],
  [
    'GCM called CBC',
    'V2 kms+context GCM',
    replace('x-amz-cek-alg', 'AES/CBC/PKCS5Padding'),
    'ENVELOPE_INVALID',
    'field-conflict',
  ],
  [
    'GCM called CBC, made to look like it',
    'V2 kms+context GCM',
    (object) => {
      delete object.metadata['x-amz-tag-len'];
      Object.assign(object.metadata, { 'x-amz-cek-alg': 'AES/CBC/PKCS5Padding', 'x-amz-iv': zeros(16) });
      object.ciphertext = object.ciphertext.subarray(0, 304);
    },
    'CONTEXT_MISMATCH',
    'cipher-not-bound',
  ],
  ['cipher unknown', 'V2 kms+context GCM', replace('x-amz-cek-alg', 'ROT13'), 'ENVELOPE_UNSUPPORTED', 'cipher'],
  ['cipher of V2 in V3', 'V3', replace('x-amz-c', 'AES/GCM/NoPadding'), 'ENVELOPE_UNSUPPORTED', 'cipher'],
  ['wrapped by RSA', 'V3', replace('x-amz-w', '22'), 'ENVELOPE_UNSUPPORTED', 'wrapping'],
  ['wrapped by a name every object has', 'V3', replace('x-amz-w', 'constructor'), 'ENVELOPE_UNSUPPORTED', 'wrapping'],
  ['wrapped by AES', 'V3', replace('x-amz-w', '02'), 'ENVELOPE_UNSUPPORTED', 'wrapping'],
  [
    'wrapped by AESWrap',
    'V2 kms+context GCM',
    replace('x-amz-wrap-alg', 'AESWrap'),
    'ENVELOPE_UNSUPPORTED',
    'wrapping',
  ],
  ['V1 key beside V2', 'V2 kms+context GCM', replace('x-amz-key', zeros(48)), 'ENVELOPE_INVALID', 'versions-mixed'],
  ['V3 key beside V2', 'V2 kms GCM (SES)', replace('x-amz-3', zeros(48)), 'ENVELOPE_INVALID', 'versions-mixed'],
  ['V2 key beside V3', 'V3', replace('x-amz-key-v2', zeros(48)), 'ENVELOPE_INVALID', 'versions-mixed'],
  ['V2 IV beside V3', 'V3', replace('x-amz-iv', zeros(12)), 'ENVELOPE_INVALID', 'versions-mixed'],
  ['one field twice', 'V3', replace('X-Amz-Meta-x-amz-d', zeros(28)), 'ENVELOPE_INVALID', 'field-conflict'],
];

test.each(ALTERATIONS)('altered: %s, %s', async (_, writer, alter, code, cause) => {
  const kms = new FakeKms();
  const write = WRITERS[writer];
  if (write === undefined) throw new Error(writer);
  const object = write({ kms, plaintext: octets(300), dataKey });
  alter(object, write({ kms, plaintext: octets(300), dataKey: Buffer.alloc(32, 9), context: { other: 'yes' } }));
  const found = await refusalOf(open(object, kms));
  expect(found).toMatchObject({ code, cause });
  expect(found.message).toContain('s3://archive-bucket/exports/mailbox.zip');
});

test('the key is named where the envelope names it', async () => {
  const kms = new FakeKms();
  const object = writeSes({ kms, plaintext: octets(300), dataKey });
  object.ciphertext[3] = (object.ciphertext[3] ?? 0) ^ 1;
  expect((await refusalOf(open(object, kms))).message).toContain(kms.keyId);
});

describe('pins', () => {
  const cases: [string, Record<string, string>, string | null][] = [
    ['a pair that is there', { case: '2026-17' }, null],
    ['a pair with another value', { case: '2026-18' }, 'CONTEXT_MISMATCH'],
    ['a pair that is not there', { matter: 'x' }, 'CONTEXT_MISMATCH'],
    ['a name every object has', { toString: 'x' }, 'CONTEXT_MISMATCH'],
  ];
  test.each(cases)('context: %s', async (_, expectedContext, code) => {
    const kms = new FakeKms();
    for (const write of [writeV2Context, writeSes, writeCbc, writeV3]) {
      const object = write({ kms, plaintext: octets(10), dataKey, context: { case: '2026-17' } });
      kms.asked.length = 0;
      if (code === null) expect((await open(object, kms, { expectedContext })).size).toBe(10);
      else {
        expect(await refusalOf(open(object, kms, { expectedContext }))).toMatchObject({ code, cause: 'context' });
        expect(kms.asked).toEqual([]);
      }
    }
  });

  test('key: KMS is asked for that key and its refusal passed on, with the object named', async () => {
    const kms = new FakeKms();
    const object = writeV3({ kms, plaintext: octets(10), dataKey });
    expect((await open(object, kms, { expectedKeyId: kms.keyId })).size).toBe(10);
    expect(kms.asked[0]?.keyId).toBe(kms.keyId);
    const found = await refusalOf(open(object, kms, { expectedKeyId: 'arn:other' }));
    expect(found.code).toBe('KEY_MISMATCH');
    expect(found.message).toContain('mailbox.zip');
  });

  test('the whole stored context is what KMS is asked with', async () => {
    const kms = new FakeKms();
    await open(writeSes({ kms, plaintext: octets(10), dataKey }), kms);
    expect(kms.asked[0]?.encryptionContext).toEqual({
      kms_cmk_id: kms.keyId,
      'aws:ses:rule-name': 'archive',
      'aws:ses:message-id': 'mnqspkg4i9t1b2i5rul3c1t2',
    });
    expect(kms.asked[0]?.keyId).toBeUndefined();
  });
});

describe('what is no whole envelope', () => {
  const unwrap = new FakeKms();
  test.each([
    ['no metadata', {}],
    ['other metadata', { author: 'me', 'x-amz-server-side-encryption': 'aws:kms' }],
    ['an instruction file itself', { 'x-amz-crypto-instr-file': '', 'x-amz-matdesc': '{}' }],
  ])('%s: null', async (_, metadata) => {
    expect(await openEnvelope({ source: memorySource(octets(10)), metadata, unwrap })).toBeNull();
    expect(await readEnvelope({ location: 'x', metadata, instructionFile: () => Promise.resolve(null) })).toBeNull();
  });

  test('V1: its key is not KMS’s to unwrap', async () => {
    const object = writeV1({ kms: unwrap, plaintext: octets(300), dataKey });
    const found = await refusalOf(open(object, unwrap));
    expect(found).toMatchObject({ code: 'ENVELOPE_UNSUPPORTED', cause: 'wrapping' });
    expect(await readEnvelope({ location: 'x', metadata: object.metadata })).toMatchObject({
      version: 1,
      cipher: { name: 'AES/CBC/PKCS5Padding' },
      plaintextSize: 300,
    });
  });

  test('a data key of the wrong length', async () => {
    const object = writeV3({ kms: unwrap, plaintext: octets(10), dataKey });
    const short = { decrypt: () => Promise.resolve(new Uint8Array(16)) };
    const promise = openEnvelope({ source: memorySource(object.ciphertext), metadata: object.metadata, unwrap: short });
    expect(await refusalOf(promise)).toMatchObject({ code: 'ENVELOPE_INVALID', cause: 'key-length' });
  });

  test('more than AES-GCM can encrypt', async () => {
    const object = writeV3({ kms: unwrap, plaintext: octets(10), dataKey });
    const source = { ...memorySource(object.ciphertext), size: 2 ** 36 };
    const promise = openEnvelope({ source, metadata: object.metadata, unwrap });
    expect(await refusalOf(promise)).toMatchObject({ code: 'ENVELOPE_INVALID', cause: 'size-limit' });
  });

  const instructions: [string, string, string][] = [
    ['not JSON', '{"x-amz-key-v2":', 'instruction-file-malformed'],
    ['an array', '[]', 'instruction-file-malformed'],
    ['a field that is no string', '{"x-amz-key-v2":5}', 'instruction-file-malformed'],
    ['a commitment', `{"x-amz-3":"AAAA","x-amz-d":"${zeros(28)}"}`, 'field-conflict'],
    ['V2’s key for V3’s object', '{"x-amz-key-v2":"AAAA","x-amz-wrap-alg":"kms+context"}', 'versions-mixed'],
  ];
  test.each(instructions)('instruction file: %s', async (_, text, cause) => {
    const object = toInstructionFile(writeV3({ kms: unwrap, plaintext: octets(10), dataKey }));
    const found = await refusalOf(open(object, unwrap, { instructionFile: Buffer.from(text) }));
    expect(found).toMatchObject({ code: 'ENVELOPE_INVALID', cause });
  });

  test('an instruction file without a data key', async () => {
    const object = { metadata: {}, ciphertext: Buffer.alloc(48) };
    const found = await refusalOf(
      open(object, unwrap, { instructionFile: Buffer.from(`{"x-amz-iv":"${zeros(12)}"}`) }),
    );
    expect(found).toMatchObject({ code: 'ENVELOPE_INVALID', cause: 'field-missing' });
  });

  test('an instruction file that contradicts the metadata', async () => {
    const object = toInstructionFile(writeCbc({ kms: unwrap, plaintext: octets(10), dataKey }));
    object.metadata['x-amz-unencrypted-content-length'] = '11';
    const found = await refusalOf(open(object, unwrap, { instructionFile: object.instructionFile }));
    expect(found).toMatchObject({ code: 'ENVELOPE_INVALID', cause: 'field-conflict' });
  });

  test('metadata that are whole: the instruction file is not fetched', async () => {
    const object = writeV3({ kms: unwrap, plaintext: octets(10), dataKey });
    const instructionFile = () => Promise.reject(new Error('fetched'));
    expect((await open(object, unwrap, { instructionFile })).size).toBe(10);
  });
});

describe('AES-CBC', () => {
  test('a finding says that nothing authenticates it; GCM needs none', async () => {
    const kms = new FakeKms();
    const cbc = await open(writeCbc({ kms, plaintext: octets(100), dataKey }), kms);
    expect(cbc.findings).toMatchObject([{ check: 'envelope-authentication', severity: 'warning' }]);
    expect((await open(writeV3({ kms, plaintext: octets(100), dataKey }), kms)).findings).toEqual([]);
  });

  test('it is refused where authentication is required, before KMS is asked', async () => {
    const kms = new FakeKms();
    const object = writeCbc({ kms, plaintext: octets(100), dataKey });
    const found = await refusalOf(open(object, kms, { requireAuthentication: true }));
    expect(found).toMatchObject({ code: 'ENVELOPE_UNSUPPORTED', cause: 'unauthenticated' });
    expect(kms.asked).toEqual([]);
  });

  test.each([0, 17])('padding of %i is none', async (last) => {
    const kms = new FakeKms();
    const object = writeCbc({ kms, plaintext: octets(15), dataKey });
    // One block: what the IV is changed by, the plaintext is changed by. Its last octet is the padding, 1.
    const iv = Buffer.from(object.metadata['x-amz-iv'] ?? '', 'base64');
    iv[15] = (iv[15] ?? 0) ^ 1 ^ last;
    object.metadata['x-amz-iv'] = iv.toString('base64');
    expect(await refusalOf(open(object, kms))).toMatchObject({ code: 'CIPHERTEXT_ALTERED', cause: 'padding' });
  });
});

describe('the source below', () => {
  test.each(Object.entries(WRITERS))('%s: one that ends early is found out', async (_, write) => {
    const kms = new FakeKms();
    const object = write({ kms, plaintext: octets(5 * 1024 * 1024), dataKey });
    const source = memorySource(object.ciphertext, 65_536, object.ciphertext.length - 100_000);
    const promise = openEnvelope({ source, metadata: object.metadata, unwrap: kms });
    await expect(promise).rejects.toThrow();
  });

  test('one that ends early in a later read', async () => {
    const kms = new FakeKms();
    const plaintext = octets(5 * 1024 * 1024);
    const object = writeV3({ kms, plaintext, dataKey });
    const source = memorySource(object.ciphertext);
    const opened = await openEnvelope({ source, metadata: object.metadata, unwrap: kms });
    const shorter = memorySource(object.ciphertext, 65_536, 1000);
    source.read = (start, end) => shorter.read(start, end);
    await expect(opened?.bytes(0, 2000)).rejects.toMatchObject({ code: 'SOURCE_TRUNCATED' });
  });

  test('its identity is kept, and what was found said beside it', async () => {
    const kms = new FakeKms();
    const opened = await open(writeV3({ kms, plaintext: octets(10), dataKey, context: { case: '1' } }), kms);
    expect(opened.identity).toMatchObject({
      location: 's3://archive-bucket/exports/mailbox.zip',
      version: 'v1',
      details: {
        storageClass: 'STANDARD',
        clientSideEncryption: {
          format: 'S3 Encryption Client V3',
          storedIn: 'metadata',
          wrapping: 'kms+context',
          authenticated: true,
          context: { case: '1', 'aws:x-amz-cek-alg': '115' },
        },
      },
    });
  });

  test.each([
    [-1, 5],
    [5, 4],
    [0, 11],
    [0.5, 2],
    [Number.NaN, 2],
  ])('the range %d to %d is refused', async (start, end) => {
    const kms = new FakeKms();
    const opened = await open(writeV3({ kms, plaintext: octets(10), dataKey }), kms);
    await expect(opened.bytes(start, end)).rejects.toMatchObject({ code: 'USAGE' });
    await expect(concatenated(opened, start, end)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('an abort ends opening and reading', async () => {
    const kms = new FakeKms();
    const object = writeV3({ kms, plaintext: octets(100), dataKey });
    const signal = AbortSignal.abort();
    const source = memorySource(object.ciphertext);
    await expect(openEnvelope({ source, metadata: object.metadata, unwrap: kms, signal })).rejects.toThrow(/abort/i);
    const opened = await open(object, kms);
    await expect(opened.bytes(0, 10, signal)).rejects.toThrow(/abort/i);
  });

  test('an error of the unwrapper that is none of ours is passed on as it is', async () => {
    const object = writeV3({ kms: new FakeKms(), plaintext: octets(10), dataKey });
    const unwrap = { decrypt: () => Promise.reject(new TypeError('a bug')) };
    const promise = openEnvelope({ source: memorySource(object.ciphertext), metadata: object.metadata, unwrap });
    await expect(promise).rejects.toThrow(TypeError);
  });
});
