import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GetKeyPolicyCommand,
  type KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ReEncryptCommand,
  ScheduleKeyDeletionCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { kmsClient, refusal } from './clients.ts';

let sandbox: Sandbox;
let kms: KMSClient;
let now = Date.now();
beforeAll(async () => {
  sandbox = await startSandbox({ clock: { now: () => now, sleep: () => Promise.resolve() } });
  kms = kmsClient(sandbox);
});
afterAll(async () => {
  kms.destroy();
  await sandbox.close();
});

const CONTEXT = { 'aws:s3:arn': 'arn:aws:s3:::b', matter: 'ü' };
async function freshKey(): Promise<string> {
  return (await kms.send(new CreateKeyCommand({ Description: 'of a test' }))).KeyMetadata?.Arn ?? '';
}
const dataKey = (KeyId: string, EncryptionContext = CONTEXT) =>
  kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext }));
const decrypt = (
  CiphertextBlob: Uint8Array | undefined,
  EncryptionContext: Record<string, string> = CONTEXT,
  KeyId?: string,
) => kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, KeyId }));

describe('data keys', () => {
  test('open under the same context, in whatever order it is given', async () => {
    const KeyId = await freshKey();
    const made = await dataKey(KeyId);
    expect(made.Plaintext?.length).toBe(32);
    const opened = await decrypt(made.CiphertextBlob, { matter: 'ü', 'aws:s3:arn': 'arn:aws:s3:::b' });
    expect(Buffer.from(opened.Plaintext ?? []).equals(Buffer.from(made.Plaintext ?? []))).toBe(true);
    expect(opened).toMatchObject({ KeyId, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
    const silent = await kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 7 }));
    expect('Plaintext' in silent).toBe(false);
    expect((await decrypt(silent.CiphertextBlob, {})).Plaintext?.length).toBe(7);
  });

  test('do not open otherwise', async () => {
    const KeyId = await freshKey();
    const { CiphertextBlob = new Uint8Array() } = await dataKey(KeyId);
    expect(await refusal(decrypt(CiphertextBlob, { a: 'b' }))).toBe('InvalidCiphertextException/400');
    expect(await refusal(decrypt(CiphertextBlob, {}))).toBe('InvalidCiphertextException/400');
    expect(await refusal(decrypt(Buffer.from('garbage')))).toBe('InvalidCiphertextException/400');
    expect(await refusal(decrypt(CiphertextBlob, CONTEXT, await freshKey()))).toBe('IncorrectKeyException/400');
    for (let at = 0; at < CiphertextBlob.length; at++) {
      const altered = Uint8Array.from(CiphertextBlob);
      altered[at] = (altered[at] ?? 0) ^ 1;
      // An octet of the key's name leads to no key, any other to a ciphertext that does not hold.
      expect(await refusal(decrypt(altered)), `octet ${at}`).toMatch(/^(InvalidCiphertext|NotFound)Exception\/400$/);
    }
  });

  test.each([
    ['neither size nor kind', {}],
    ['both', { KeySpec: 'AES_256', NumberOfBytes: 3 }],
    ['too large', { NumberOfBytes: 1025 }],
    ['no key', { KeySpec: 'AES_256', KeyId: '' }],
  ] as const)('%s is refused', async (_, more) => {
    const KeyId = sandbox.keyArn;
    expect(await refusal(kms.send(new GenerateDataKeyCommand({ KeyId, ...more })))).toBe('ValidationException/400');
  });
});

test('encrypt, re-encrypt, decrypt', async () => {
  const [from, to] = [await freshKey(), await freshKey()];
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId: from, Plaintext: Buffer.from('hi'), EncryptionContext: CONTEXT }),
  );
  const moved = await kms.send(
    new ReEncryptCommand({
      CiphertextBlob,
      SourceEncryptionContext: CONTEXT,
      DestinationKeyId: to,
      DestinationEncryptionContext: { b: '2' },
    }),
  );
  expect(moved).toMatchObject({ SourceKeyId: from, KeyId: to });
  expect(Buffer.from((await decrypt(moved.CiphertextBlob, { b: '2' })).Plaintext ?? []).toString()).toBe('hi');
  const large = new EncryptCommand({ KeyId: from, Plaintext: Buffer.alloc(4097) });
  expect(await refusal(kms.send(large))).toBe('ValidationException/400');
});

test('keys are found by id, ARN, alias and alias ARN', async () => {
  const arn = await freshKey();
  const id = arn.slice(arn.lastIndexOf('/') + 1);
  const AliasName = 'alias/of-a-test';
  await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: id }));
  for (const KeyId of [id, arn, AliasName, arn.replace(/key\/.*/, AliasName)]) {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata).toMatchObject({
      Arn: arn,
      KeyState: 'Enabled',
      Enabled: true,
      Description: 'of a test',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeyManager: 'CUSTOMER',
    });
  }
  const describeKey = (KeyId: string) => refusal(kms.send(new DescribeKeyCommand({ KeyId })));
  expect(await describeKey('99999999-9999-9999-9999-999999999999')).toBe('NotFoundException/400');
  expect(await describeKey('alias/nothing')).toBe('NotFoundException/400');
  expect(await describeKey(arn.replace('us-east-1', 'eu-west-1'))).toBe('NotFoundException/400');
  expect(await describeKey('arn:aws:s3:::bucket')).toBe('NotFoundException/400');
  const alias = (name: string) => refusal(kms.send(new CreateAliasCommand({ AliasName: name, TargetKeyId: id })));
  expect(await alias(AliasName)).toBe('AlreadyExistsException/400');
  expect(await alias('alias/aws/mine')).toBe('InvalidAliasNameException/400');
  expect(await alias('no prefix')).toBe('ValidationException/400');
  expect((await kms.send(new ListAliasesCommand({}))).Aliases?.map((each) => each.AliasName)).toContain(AliasName);
  expect((await kms.send(new ListKeysCommand({}))).Keys?.map((key) => key.KeyArn)).toContain(arn);
  expect((await kms.send(new GetKeyPolicyCommand({ KeyId: arn }))).Policy).toContain('Enable IAM User Permissions');
});

test('the life of a key', async () => {
  const KeyId = await freshKey();
  const { CiphertextBlob } = await dataKey(KeyId);
  const state = async () => (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
  await kms.send(new DisableKeyCommand({ KeyId }));
  expect(await refusal(dataKey(KeyId))).toBe('DisabledException/400');
  expect(await refusal(decrypt(CiphertextBlob))).toBe('DisabledException/400');
  await kms.send(new EnableKeyCommand({ KeyId }));
  const scheduled = await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  expect(scheduled.DeletionDate?.getTime()).toBe(Math.floor((now + 7 * 86_400_000) / 1000) * 1000 + (now % 1000));
  expect(await state()).toMatchObject({
    KeyState: 'PendingDeletion',
    Enabled: false,
    DeletionDate: scheduled.DeletionDate,
  });
  expect(await refusal(decrypt(CiphertextBlob))).toBe('KMSInvalidStateException/400');
  expect(await refusal(kms.send(new EnableKeyCommand({ KeyId })))).toBe('KMSInvalidStateException/400');
  expect(await refusal(kms.send(new ScheduleKeyDeletionCommand({ KeyId })))).toBe('KMSInvalidStateException/400');
  await kms.send(new CancelKeyDeletionCommand({ KeyId }));
  expect((await state())?.KeyState).toBe('Disabled');
  expect(await refusal(kms.send(new CancelKeyDeletionCommand({ KeyId })))).toBe('KMSInvalidStateException/400');
  expect(await refusal(kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 6 })))).toBe(
    'ValidationException/400',
  );
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId }));
  const before = now;
  now += 30 * 86_400_000;
  expect(() => sandbox.keys.find(KeyId)).toThrow(/does not exist/);
  now = before;
});

test('refusals of policy, and operations there are none of', async () => {
  sandbox.denied.add('kms:DescribeKey');
  await expect(kms.send(new DescribeKeyCommand({ KeyId: sandbox.keyArn }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('not authorized to perform: kms:DescribeKey'),
  });
  sandbox.denied.clear();
  const other = new UpdateKeyDescriptionCommand({ KeyId: sandbox.keyArn, Description: '' });
  expect(await refusal(kms.send(other))).toBe('UnknownOperationException/400');
  expect(await refusal(kms.send(new CreateKeyCommand({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' })))).toBe(
    'UnsupportedOperationException/400',
  );
});

test('signatures', async () => {
  const wrong = kmsClient(sandbox, { ...sandbox.credentials, secretAccessKey: 'x' });
  const nobody = kmsClient(sandbox, { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' });
  expect(await refusal(wrong.send(new ListKeysCommand({})))).toBe('InvalidSignatureException/400');
  expect(await refusal(nobody.send(new ListKeysCommand({})))).toBe('UnrecognizedClientException/400');
  wrong.destroy();
  nobody.destroy();
});
