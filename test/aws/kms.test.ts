import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareKeys, compareKeysFinding, kmsKeyUnwrapper, preflightKey } from '../../src/aws/index.ts';
import { exception, type FakeJson, startFakeJson } from './fake-json.ts';

const arn = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555';
let fake: FakeJson;
beforeAll(async () => {
  fake = await startFakeJson();
});
afterAll(() => fake.stop());

test('an enabled symmetric key has no findings, and an alias is resolved', async () => {
  fake.answer = () => ({
    body: {
      KeyMetadata: {
        KeyId: 'k',
        Arn: arn,
        Enabled: true,
        KeyState: 'Enabled',
        KeyUsage: 'ENCRYPT_DECRYPT',
        KeySpec: 'SYMMETRIC_DEFAULT',
      },
    },
  });
  expect(await preflightKey(fake.kms, 'alias/exports')).toEqual({
    arn,
    state: 'Enabled',
    deletionDate: null,
    enabled: true,
    findings: [],
  });
});

test.each([
  [
    { KeyState: 'PendingDeletion', DeletionDate: 1_774_000_000 },
    /will be deleted on 2026-03-20T09:46:40\.000Z: cancel the deletion.*the archive is lost/,
  ],
  [{ KeyState: 'PendingDeletion' }, /at a date KMS does not tell/],
  [{ KeyState: 'Disabled' }, /is disabled: enable it/],
  [{ KeyState: 'PendingImport' }, /PendingImport and cannot decrypt/],
  [{ KeyState: 'Enabled', KeyUsage: 'SIGN_VERIFY' }, /not made to encrypt/],
  [{ KeyState: 'Enabled', KeySpec: 'RSA_2048' }, /not symmetric/],
])('%j is an error finding that says what to do', async (metadata, message) => {
  fake.answer = () => ({ body: { KeyMetadata: { KeyId: 'k', Arn: arn, Enabled: false, ...metadata } } });
  const { findings } = await preflightKey(fake.kms, arn);
  expect(findings).toEqual([
    expect.objectContaining({ check: 'kms-key', severity: 'error', message: expect.stringMatching(message) }),
  ]);
});

test('not being allowed to ask is a warning only', async () => {
  fake.answer = () =>
    exception(
      'AccessDeniedException',
      'User: arn:aws:iam::1:user/x is not authorized to perform: kms:DescribeKey',
      400,
    );
  expect(await preflightKey(fake.kms, arn)).toMatchObject({
    arn,
    state: null,
    enabled: null,
    findings: [{ severity: 'warning' }],
  });
});

test('a key that is not there is an error finding; what is not about the key is thrown', async () => {
  fake.answer = () => exception('NotFoundException', `Key '${arn}' does not exist`);
  expect((await preflightKey(fake.kms, arn)).findings).toMatchObject([
    { severity: 'error', message: expect.stringContaining(arn) },
  ]);
  fake.answer = () => exception('ExpiredTokenException');
  await expect(preflightKey(fake.kms, arn)).rejects.toMatchObject({ code: 'CREDENTIALS_MISSING' });
  await expect(preflightKey(fake.kms, arn, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
});

const id = '11111111-2222-3333-4444-555555555555';
test.each([
  [arn, arn, 'same'],
  [arn, id, 'same'],
  [id, arn, 'same'],
  [arn.toUpperCase().replace('ARN:AWS:KMS:EU-WEST-1', 'arn:aws:kms:eu-west-1').replace('KEY/', 'key/'), arn, 'same'],
  [`key/${id}`, arn, 'same'],
  [arn, arn.replace('eu-west-1', 'us-east-1'), 'different'],
  [arn, arn.replace('111122223333', '444455556666'), 'different'],
  [arn, '99999999-2222-3333-4444-555555555555', 'different'],
  ['arn:aws:kms:eu-west-1:1:key/mrk-1', 'arn:aws:kms:us-east-1:1:key/mrk-1', 'different'],
  [arn, 'alias/exports', 'unknown'],
  ['arn:aws:kms:eu-west-1:1:alias/exports', 'alias/exports', 'same'],
  ['alias/one', 'alias/two', 'unknown'],
  ['arn:aws:kms:eu-west-1:1:alias/a', 'arn:aws:kms:us-east-1:1:alias/a', 'different'],
  [null, arn, 'unknown'],
  [arn, null, 'unknown'],
  ['', '', 'unknown'],
] as const)('%s and %s: %s', (one, other, expected) => {
  expect(compareKeys(one, other)).toBe(expected);
});

test('the comparison as a finding: nothing, a warning, or that it cannot be told', () => {
  expect(compareKeysFinding(arn, id)).toBeNull();
  expect(compareKeysFinding(arn, arn.replace('1111', '9999'))).toMatchObject({
    severity: 'warning',
    expected: expect.stringContaining('9999'),
    found: arn,
  });
  expect(compareKeysFinding(null, arn)).toMatchObject({ severity: 'warning', found: 'no KMS key' });
  expect(compareKeysFinding(arn, 'alias/x')).toMatchObject({ severity: 'info' });
  expect(compareKeysFinding(arn, null)).toMatchObject({ severity: 'info' });
});

test('a data key is unwrapped with its context; an altered one is refused', async () => {
  fake.calls.length = 0;
  fake.answer = () => ({ body: { Plaintext: Buffer.from('data key').toString('base64') } });
  const request = { ciphertext: Uint8Array.of(1, 2, 3), encryptionContext: { a: 'b' }, keyId: arn };
  const unwrapper = kmsKeyUnwrapper(fake.kms);
  expect(Buffer.from(await unwrapper.decrypt(request)).toString()).toBe('data key');
  expect(fake.calls[0]).toEqual({
    operation: 'Decrypt',
    input: { CiphertextBlob: 'AQID', EncryptionContext: { a: 'b' }, KeyId: arn },
  });
  for (const [name, code] of [
    ['InvalidCiphertextException', 'CIPHERTEXT_ALTERED'],
    ['IncorrectKeyException', 'KEY_MISMATCH'],
    ['DisabledException', 'KEY_DISABLED'],
    ['KMSInvalidStateException', 'KEY_STATE_INVALID'],
    ['NotFoundException', 'KEY_NOT_FOUND'],
    ['AccessDeniedException', 'KEY_ACCESS_DENIED'],
    ['InvalidKeyUsageException', 'KEY_STATE_INVALID'],
  ] as const) {
    fake.answer = () => exception(name);
    await expect(unwrapper.decrypt(request)).rejects.toMatchObject({ code });
  }
  fake.answer = () => ({ body: {} });
  await expect(unwrapper.decrypt({ ciphertext: Uint8Array.of(1), encryptionContext: {} })).rejects.toMatchObject({
    code: 'UNEXPECTED',
  });
});
