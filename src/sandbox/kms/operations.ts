import type { Clock } from '../../model/index.ts';
import { type JsonInput, mapOf, numberOf, octetsOf, textOf } from '../json/input.ts';
import { ciphertextKeyId } from './ciphertext.ts';
import { KmsError } from './error.ts';
import type { KeyStore, SandboxKey } from './key-store.ts';

export interface KmsContext {
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly accountId: string;
  readonly region: string;
}

type Operation = (input: JsonInput, context: KmsContext) => Readonly<Record<string, unknown>>;

const PLAINTEXT_LIMIT = 4096;
const DAY = 86_400_000;

/** KMS's operations by name. Each throws `KmsError`. */
export const KMS_OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateKey: (input, { keys, accountId }) => {
    const spec = textOf(input, 'KeySpec') ?? 'SYMMETRIC_DEFAULT';
    if (spec !== 'SYMMETRIC_DEFAULT' || (textOf(input, 'KeyUsage') ?? 'ENCRYPT_DECRYPT') !== 'ENCRYPT_DECRYPT')
      throw new KmsError(
        'UnsupportedOperationException',
        `The sandbox has symmetric encryption keys only, not ${spec}.`,
      );
    const policy = textOf(input, 'Policy');
    const key = keys.create({
      description: textOf(input, 'Description') ?? '',
      ...(policy === undefined ? {} : { policy }),
    });
    return { KeyMetadata: metadata(key, accountId) };
  },
  CreateAlias: (input, { keys }) => {
    const alias = required(input, 'AliasName');
    if (!/^alias\/[a-zA-Z0-9/_-]{1,250}$/.test(alias))
      throw new KmsError('ValidationException', `Invalid alias name ${alias}`);
    if (alias.startsWith('alias/aws/'))
      throw new KmsError('InvalidAliasNameException', 'Aliases may not begin with alias/aws/.');
    const key = keys.find(required(input, 'TargetKeyId'));
    if (keys.aliases.has(alias))
      throw new KmsError('AlreadyExistsException', `An alias with the name ${alias} already exists`);
    keys.aliases.set(alias, key.id);
    return {};
  },
  DescribeKey: (input, { keys, accountId }) => {
    const key = keys.find(required(input, 'KeyId'));
    keys.authorize(key, 'kms:DescribeKey');
    return { KeyMetadata: metadata(key, accountId) };
  },
  ListKeys: (_, { keys }) => ({
    Keys: [...keys.keys.values()].map((key) => ({ KeyId: key.id, KeyArn: key.arn })),
    Truncated: false,
  }),
  ListAliases: (_, { keys, region, accountId }) => ({
    Aliases: [...keys.aliases].map(([name, id]) => ({
      AliasName: name,
      AliasArn: `arn:aws:kms:${region}:${accountId}:${name}`,
      TargetKeyId: id,
    })),
    Truncated: false,
  }),
  GenerateDataKey: (input, context) => dataKey(input, context, 'kms:GenerateDataKey', true),
  GenerateDataKeyWithoutPlaintext: (input, context) =>
    dataKey(input, context, 'kms:GenerateDataKeyWithoutPlaintext', false),
  Encrypt: (input, { keys }) => {
    const plaintext = octetsOf(input, 'Plaintext');
    if (plaintext === undefined || plaintext.length === 0 || plaintext.length > PLAINTEXT_LIMIT)
      throw new KmsError(
        'ValidationException',
        `1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to ${PLAINTEXT_LIMIT}`,
      );
    const encryptionContext = mapOf(input, 'EncryptionContext');
    const key = keys.find(required(input, 'KeyId'));
    keys.authorize(key, 'kms:Encrypt', encryptionContext);
    return {
      CiphertextBlob: keys.seal(key, plaintext, encryptionContext).toString('base64'),
      KeyId: key.arn,
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    };
  },
  Decrypt: (input, { keys }) => {
    const reference = textOf(input, 'KeyId');
    const expected = reference === undefined ? null : keys.find(reference);
    const opened = keys.open(ciphertext(input), mapOf(input, 'EncryptionContext'), 'kms:Decrypt', expected);
    return {
      Plaintext: opened.plaintext.toString('base64'),
      KeyId: opened.key.arn,
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    };
  },
  ReEncrypt: (input, { keys }) => {
    const blob = ciphertext(input);
    const target = keys.find(required(input, 'DestinationKeyId'));
    const opened = keys.open(blob, mapOf(input, 'SourceEncryptionContext'), 'kms:ReEncryptFrom');
    const destination = mapOf(input, 'DestinationEncryptionContext');
    keys.authorize(target, 'kms:ReEncryptTo', destination);
    return {
      CiphertextBlob: keys.seal(target, opened.plaintext, destination).toString('base64'),
      SourceKeyId: opened.key.arn,
      KeyId: target.arn,
      SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    };
  },
  EnableKey: (input, { keys }) => switchKey(keys.find(required(input, 'KeyId')), 'Enabled'),
  DisableKey: (input, { keys }) => switchKey(keys.find(required(input, 'KeyId')), 'Disabled'),
  ScheduleKeyDeletion: (input, { keys, clock }) => {
    const key = keys.find(required(input, 'KeyId'));
    const days = numberOf(input, 'PendingWindowInDays') ?? 30;
    if (!Number.isInteger(days) || days < 7 || days > 30)
      throw new KmsError('ValidationException', `PendingWindowInDays must be 7 to 30, not ${days}.`);
    if (key.state === 'PendingDeletion')
      throw new KmsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
    key.state = 'PendingDeletion';
    key.deletion = clock.now() + days * DAY;
    return { KeyId: key.arn, DeletionDate: key.deletion / 1000, KeyState: key.state, PendingWindowInDays: days };
  },
  CancelKeyDeletion: (input, { keys }) => {
    const key = keys.find(required(input, 'KeyId'));
    if (key.state !== 'PendingDeletion')
      throw new KmsError('KMSInvalidStateException', `${key.arn} is not pending deletion.`);
    key.state = 'Disabled';
    key.deletion = null;
    return { KeyId: key.arn };
  },
  GetKeyPolicy: (input, { keys }) => {
    const key = keys.find(required(input, 'KeyId'));
    keys.authorize(key, 'kms:GetKeyPolicy');
    return { Policy: key.policy, PolicyName: 'default' };
  },
};

function required(input: JsonInput, name: string): string {
  const value = textOf(input, name);
  if (value === undefined || value === '')
    throw new KmsError(
      'ValidationException',
      `1 validation error detected: Value null at '${name.charAt(0).toLowerCase()}${name.slice(1)}' failed to satisfy constraint: Member must not be null`,
    );
  return value;
}

function ciphertext(input: JsonInput): Buffer {
  const blob = octetsOf(input, 'CiphertextBlob');
  if (blob === undefined || blob.length === 0)
    throw new KmsError('ValidationException', "1 validation error detected: Value null at 'ciphertextBlob'");
  ciphertextKeyId(blob);
  return blob;
}

function dataKey(input: JsonInput, { keys }: KmsContext, action: string, withPlaintext: boolean) {
  const spec = textOf(input, 'KeySpec');
  const count = numberOf(input, 'NumberOfBytes');
  const size = spec === 'AES_256' ? 32 : spec === 'AES_128' ? 16 : count;
  if (size === undefined || size < 1 || size > 1024 || (spec !== undefined && count !== undefined))
    throw new KmsError('ValidationException', 'Please specify either number of bytes or key spec.');
  const encryptionContext = mapOf(input, 'EncryptionContext');
  const key = keys.find(required(input, 'KeyId'));
  keys.authorize(key, action, encryptionContext);
  const plaintext = keys.randomBytes(size);
  const CiphertextBlob = keys.seal(key, plaintext, encryptionContext).toString('base64');
  return withPlaintext
    ? { CiphertextBlob, Plaintext: Buffer.from(plaintext).toString('base64'), KeyId: key.arn }
    : { CiphertextBlob, KeyId: key.arn };
}

function switchKey(key: SandboxKey, state: 'Enabled' | 'Disabled'): Readonly<Record<string, unknown>> {
  if (key.state === 'PendingDeletion')
    throw new KmsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  key.state = state;
  return {};
}

function metadata(key: SandboxKey, accountId: string): Readonly<Record<string, unknown>> {
  return {
    AWSAccountId: accountId,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: key.created / 1000,
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: key.state,
    ...(key.deletion === null ? {} : { DeletionDate: key.deletion / 1000 }),
    Origin: key.state === 'PendingImport' ? 'EXTERNAL' : 'AWS_KMS',
    KeyManager: key.manager,
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  };
}
