import { createHash } from 'node:crypto';
import { type EncryptionContext, openCiphertext, sealCiphertext } from '../kms/ciphertext.ts';
import { KmsError } from '../kms/error.ts';
import type { KeyStore, SandboxKey } from '../kms/key-store.ts';
import { S3Error, type S3ErrorCode } from './error.ts';
import type { Bucket } from './state.ts';

/** How an object lies at rest. `wrapped` is its data key, sealed by KMS or by the customer's key. */
export type ObjectEncryption =
  | { readonly kind: 'AES256' }
  | {
      readonly kind: 'aws:kms' | 'aws:kms:dsse';
      readonly keyArn: string;
      readonly bucketKey: boolean;
      readonly context: EncryptionContext;
      readonly wrapped: Uint8Array;
    }
  | { readonly kind: 'customer'; readonly keyMd5: string; readonly wrapped: Uint8Array };

type Header = (name: string) => string | undefined;

const SSE = 'x-amz-server-side-encryption';
const CUSTOMER_KEY_ID = 'customer'.padEnd(36, '-');

/** How a new object will lie, and its data key: writing in one go asks KMS for `GenerateDataKey` only. */
export interface ChosenEncryption {
  readonly encryption: ObjectEncryption;
  readonly dataKey: Uint8Array | null;
}

/** Decides how a new object is encrypted, by its headers or its bucket's default, and makes its data key. */
export function chooseEncryption(header: Header, bucket: Bucket, key: string, keys: KeyStore): ChosenEncryption {
  const customer = customerKey(header, `${SSE}-customer`);
  if (customer !== null) {
    const dataKey = keys.randomBytes(32);
    const wrapped = sealCiphertext(CUSTOMER_KEY_ID, customer.key, keys.randomBytes(12), dataKey, {});
    return { encryption: { kind: 'customer', keyMd5: customer.md5, wrapped }, dataKey };
  }
  const asked = header(SSE);
  const kind = asked ?? bucket.encryption.algorithm;
  if (kind === 'AES256') return { encryption: { kind }, dataKey: null };
  if (kind !== 'aws:kms' && kind !== 'aws:kms:dsse')
    throw new S3Error('InvalidArgument', `The encryption method specified is not supported: ${kind}`);
  const flag = header(`${SSE}-bucket-key-enabled`);
  const bucketKey = flag === undefined ? asked === undefined && bucket.encryption.bucketKey : flag === 'true';
  const reference = header(`${SSE}-aws-kms-key-id`) ?? (asked === undefined ? bucket.encryption.keyId : null);
  // S3 puts the ARN of the object into the context, or that of the bucket when a Bucket Key stands between.
  const context: EncryptionContext = {
    ...readContext(header(`${SSE}-context`)),
    'aws:s3:arn': bucketKey ? `arn:aws:s3:::${bucket.name}` : `arn:aws:s3:::${bucket.name}/${key}`,
  };
  return throughKms(() => {
    const found = reference === null ? ownKey(keys) : keys.find(reference);
    keys.authorize(found, 'kms:GenerateDataKey', context);
    const dataKey = keys.randomBytes(32);
    const wrapped = keys.seal(found, dataKey, context);
    return { encryption: { kind, keyArn: found.arn, bucketKey, context, wrapped }, dataKey };
  });
}

/** The data key of an object, asked of KMS anew each time as S3 does; null where the octets lie in plain. */
export function openDataKey(encryption: ObjectEncryption, header: Header, keys: KeyStore): Uint8Array | null {
  if (encryption.kind === 'AES256') return null;
  if (encryption.kind !== 'customer')
    return throughKms(() => keys.open(encryption.wrapped, encryption.context, 'kms:Decrypt').plaintext);
  const customer =
    customerKey(header, `${SSE}-customer`) ?? customerKey(header, 'x-amz-copy-source-server-side-encryption-customer');
  if (customer === null)
    throw new S3Error(
      'InvalidRequest',
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    );
  if (customer.md5 !== encryption.keyMd5) throw new S3Error('AccessDenied');
  return openCiphertext(customer.key, encryption.wrapped, {});
}

/** The headers that tell a client how an object lies at rest. */
export function encryptionHeaders(encryption: ObjectEncryption): Record<string, string> {
  if (encryption.kind === 'AES256') return { [SSE]: 'AES256' };
  if (encryption.kind === 'customer')
    return { [`${SSE}-customer-algorithm`]: 'AES256', [`${SSE}-customer-key-MD5`]: encryption.keyMd5 };
  return {
    [SSE]: encryption.kind,
    [`${SSE}-aws-kms-key-id`]: encryption.keyArn,
    ...(encryption.bucketKey ? { [`${SSE}-bucket-key-enabled`]: 'true' } : {}),
  };
}

const KMS_CODES: Partial<Record<KmsError['name'], S3ErrorCode>> = {
  AccessDeniedException: 'AccessDenied',
  DisabledException: 'KMS.DisabledException',
  InvalidCiphertextException: 'KMS.InvalidCiphertextException',
  KMSInvalidStateException: 'KMS.KMSInvalidStateException',
  NotFoundException: 'KMS.NotFoundException',
};

/** Does something with KMS on a caller's behalf; its refusals become S3's. */
function throughKms<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof KmsError) throw new S3Error(KMS_CODES[error.name] ?? 'InternalError', error.message);
    throw error;
  }
}

/** The key AWS manages for S3, made when it is first wanted. */
function ownKey(keys: KeyStore): SandboxKey {
  const known = keys.aliases.get('alias/aws/s3');
  if (known !== undefined) return keys.find(known);
  const made = keys.create({ description: 'Default key that protects my S3 objects', manager: 'AWS' });
  keys.aliases.set('alias/aws/s3', made.id);
  return made;
}

function customerKey(header: Header, prefix: string): { readonly key: Buffer; readonly md5: string } | null {
  const algorithm = header(`${prefix}-algorithm`);
  const encoded = header(`${prefix}-key`);
  if (algorithm === undefined || encoded === undefined) return null;
  const key = Buffer.from(encoded, 'base64');
  const md5 = createHash('md5').update(key).digest('base64');
  if (algorithm !== 'AES256' || key.length !== 32 || (header(`${prefix}-key-md5`) ?? md5) !== md5)
    throw new S3Error('InvalidArgument', 'The secret key was invalid for the specified algorithm.');
  return { key, md5 };
}

function readContext(encoded: string | undefined): EncryptionContext {
  if (encoded === undefined) return {};
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
    if (typeof value !== 'object' || value === null) throw new Error('not an object');
    return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
  } catch {
    throw new S3Error('InvalidArgument', 'The header x-amz-server-side-encryption-context is not base64 of JSON.');
  }
}
