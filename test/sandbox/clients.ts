import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { WorkMailClient } from '@aws-sdk/client-workmail';
import type { Credentials, Sandbox } from '../../src/sandbox/index.ts';

// The SDK warns about every Node older than the newest two; test/setup.ts takes any warning for a defect.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

function shared(sandbox: Sandbox, credentials: Credentials = sandbox.credentials) {
  return { endpoint: sandbox.endpoint, region: sandbox.region, credentials, maxAttempts: 1 };
}

export function s3Client(sandbox: Sandbox, credentials?: Credentials): S3Client {
  return new S3Client({ ...shared(sandbox, credentials), forcePathStyle: true });
}

export function kmsClient(sandbox: Sandbox, credentials?: Credentials): KMSClient {
  return new KMSClient(shared(sandbox, credentials));
}

export function workMailClient(sandbox: Sandbox, credentials?: Credentials): WorkMailClient {
  return new WorkMailClient(shared(sandbox, credentials));
}

/** `Name/status` of what a call is refused with; `done` where it is not. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'done';
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const status = statusOf(error);
    return status === null ? `${error.name}: ${error.message}` : `${error.name}/${status}`;
  }
}

function statusOf(error: object): number | null {
  const metadata = '$metadata' in error ? error.$metadata : null;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return null;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null;
}

/** The octets of a response's body. */
export async function octets(response: {
  readonly Body?: { transformToByteArray(): Promise<Uint8Array> } | undefined;
}): Promise<Buffer> {
  return Buffer.from((await response.Body?.transformToByteArray()) ?? new Uint8Array());
}

/** A stream whole. */
export async function gather(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Buffer> {
  const list: Uint8Array[] = [];
  for await (const chunk of chunks) list.push(chunk);
  return Buffer.concat(list);
}

/** Octets that are the same in every run and do not compress. */
export function noise(size: number, seed = 1): Buffer {
  const out = Buffer.alloc(size);
  let state = seed;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    out[at] = state >>> 24;
  }
  return out;
}
