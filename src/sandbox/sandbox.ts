import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import type { Access } from './access.ts';
import { systemClock } from './clock.ts';
import { dispatcher } from './dispatch.ts';
import type { Faults } from './http/fault.ts';
import type { RequestLog } from './http/request-log.ts';
import { SandboxServer } from './http/server.ts';
import { KeyStore, type SandboxKey } from './kms/key-store.ts';
import {
  DEFAULT_ACCOUNT,
  DEFAULT_KEY_ID,
  DEFAULT_MAILBOXES,
  DEFAULT_ORGANIZATION,
  type SandboxOptions,
} from './options.ts';
import { type DirectPut, putDirectly, readDirectly } from './s3/direct.ts';
import { Bucket, type ObjectVersion, type S3Context } from './s3/state.ts';
import { BlobStore } from './s3/store/blob-store.ts';
import type { Credentials } from './signature/verify.ts';
import { registerMailbox, type SandboxEntity } from './workmail/mailbox.ts';
import { Organization } from './workmail/organization.ts';

/** A running sandbox: where it is, who may call it, and a way behind the scenes for tests. */
export interface Sandbox {
  /** `http://127.0.0.1:<port>` for S3, KMS, WorkMail and STS alike. */
  readonly endpoint: string;
  readonly port: number;
  readonly region: string;
  readonly accountId: string;
  readonly credentials: Credentials;
  readonly organizationId: string;
  readonly keyArn: string;
  readonly bucket: string;
  readonly roleArn: string;
  readonly entities: readonly SandboxEntity[];
  /** The private directory objects lie in. */
  readonly directory: string;
  /** What a child process needs in its environment for AWS's own tools and SDKs to come here. */
  readonly environment: Readonly<Record<string, string>>;
  /** Things that go wrong on purpose. */
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** IAM actions that are refused: `denied.add('kms:Decrypt')`. */
  readonly denied: Set<string>;
  readonly keys: KeyStore;
  readonly organization: Organization;
  /** The key there was at the start, to be disabled, hidden or deleted. */
  readonly key: SandboxKey;
  /** Puts an object into the sandbox's bucket, unless another is named. */
  put(object: Omit<DirectPut, 'bucket'> & { readonly bucket?: string }): Promise<ObjectVersion>;
  /** An object's octets, decrypted. */
  get(key: string, bucket?: string): AsyncIterable<Uint8Array>;
  createBucket(name: string): Bucket;
  bucketState(name?: string): Bucket;
  /** Ends every job and connection and removes what lies on disk. */
  close(): Promise<void>;
}

/** Starts a sandbox on 127.0.0.1. Whoever starts one closes it. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? randomBytes;
  const region = options.region ?? 'us-east-1';
  const accountId = options.accountId ?? DEFAULT_ACCOUNT;
  const credentials = options.credentials ?? { accessKeyId: 'test', secretAccessKey: 'test' };
  const domain = options.domain ?? 'example.com';
  const bucketName = options.bucket ?? 'workmail-exports';
  const access: Access = { principalArn: `arn:aws:iam::${accountId}:user/sandbox`, denied: new Set() };

  const keys = new KeyStore({ region, accountId, clock, access, random });
  const key = keys.create({ id: options.keyId ?? DEFAULT_KEY_ID, description: 'WorkMail exports' });
  keys.aliases.set('alias/workmail-exports', key.id);
  const store = await BlobStore.create(options.directory ?? tmpdir());
  const buckets = new Map([[bucketName, new Bucket(bucketName, clock.now())]]);
  const s3: S3Context = { buckets, store, keys, clock, access, random, region, accountId };
  const organization = new Organization({
    id: options.organizationId ?? DEFAULT_ORGANIZATION,
    alias: 'mailproof-sandbox',
    domain,
    entities: (options.mailboxes ?? DEFAULT_MAILBOXES).map((mailbox) => registerMailbox(mailbox, domain)),
    access,
    random,
    clock,
    behaviour: options.jobs ?? {},
    put: (object) => putDirectly(s3, object),
  });
  const handler = dispatcher({ credentials: [credentials], s3, kms: { keys, clock, accountId, region }, organization });
  const server = new SandboxServer(handler, clock);
  const port = await server.listen(options.port ?? 0).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const bucketState = (name = bucketName) => {
    const found = buckets.get(name);
    if (found === undefined) throw new Error(`the sandbox has no bucket ${name}`);
    return found;
  };

  return {
    endpoint,
    port,
    region,
    accountId,
    credentials,
    organizationId: organization.id,
    keyArn: key.arn,
    bucket: bucketName,
    roleArn: `arn:aws:iam::${accountId}:role/workmail-export`,
    entities: organization.entities,
    directory: store.directory,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
    },
    faults: server.faults,
    requests: server.log,
    denied: access.denied,
    keys,
    organization,
    key,
    put: (object) => putDirectly(s3, { bucket: bucketName, ...object }),
    get: (objectKey, name = bucketName) => readDirectly(s3, name, objectKey),
    createBucket(name) {
      const made = new Bucket(name, clock.now());
      buckets.set(name, made);
      return made;
    },
    bucketState,
    async close() {
      await Promise.all([organization.close(), server.close()]);
      await store.close();
    },
  };
}
