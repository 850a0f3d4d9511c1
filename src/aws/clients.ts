import { isIP } from 'node:net';
import { KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { WorkMailClient } from '@aws-sdk/client-workmail';

export interface AwsClients {
  readonly s3: S3Client;
  readonly kms: KMSClient;
  readonly workmail: WorkMailClient;
  /** Asked once a run, who is calling. */
  readonly sts: STSClient;
  /** Closes the sockets kept alive. */
  destroy(): void;
}

export interface ClientOptions {
  /** Left out, AWS's own chain decides: AWS_REGION, then the profile. */
  readonly region?: string;
  /** One endpoint for all services. Left out, AWS_ENDPOINT_URL[_S3|_KMS|_WORKMAIL|_STS] and the profile decide. */
  readonly endpoint?: string;
  /** Left out, AWS's own chain decides. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** `bucket` in the path instead of the host name; by default where the endpoint is a loopback name or an address. */
  readonly pathStyle?: boolean;
  /** Tries of one request. Left out, AWS_MAX_ATTEMPTS and the profile decide. */
  readonly attempts?: number;
  /** What the environment says; `process.env` by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A connection that cannot be made in this time is tried again. */
const CONNECT_MILLISECONDS = 10_000;
/** A socket that is silent for this long is dead: S3 and WorkMail answer in seconds. */
const SILENCE_MILLISECONDS = 60_000;
/** Eight readers of four ranges, and the parts of an upload beside them. */
const SOCKETS = 64;

/**
 * The clients, each made when it is first asked for. Credentials, Region, endpoint and retry mode are AWS's own chain.
 * Checksums are asked of the SDK only where a service requires them: our own are sent and checked by source and sink, and
 * S3-compatible servers refuse the SDK's trailers.
 */
export function createClients(options: ClientOptions = {}): AwsClients {
  const environment = options.environment ?? process.env;
  const agent = { keepAlive: true, maxSockets: SOCKETS };
  const shared = {
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    ...(options.attempts === undefined ? {} : { maxAttempts: options.attempts }),
    requestHandler: {
      connectionTimeout: CONNECT_MILLISECONDS,
      socketTimeout: SILENCE_MILLISECONDS,
      httpAgent: agent,
      httpsAgent: agent,
    },
  } satisfies KMSClientConfig;
  let s3: S3Client | null = null;
  let kms: KMSClient | null = null;
  let workmail: WorkMailClient | null = null;
  let sts: STSClient | null = null;
  return {
    get s3() {
      s3 ??= withoutVersionWarning(
        () =>
          new S3Client({
            ...shared,
            requestChecksumCalculation: 'WHEN_REQUIRED',
            responseChecksumValidation: 'WHEN_REQUIRED',
            followRegionRedirects: true,
            ...((options.pathStyle ?? needsPathStyle(s3Endpoint(options, environment)))
              ? { forcePathStyle: true }
              : {}),
          }),
      );
      return s3;
    },
    get kms() {
      kms ??= withoutVersionWarning(() => new KMSClient(shared));
      return kms;
    },
    get workmail() {
      workmail ??= withoutVersionWarning(() => new WorkMailClient(shared));
      return workmail;
    },
    get sts() {
      // One try: its answer is worth having and not worth waiting for.
      sts ??= withoutVersionWarning(() => new STSClient({ ...shared, maxAttempts: 1 }));
      return sts;
    },
    destroy() {
      s3?.destroy();
      kms?.destroy();
      workmail?.destroy();
      sts?.destroy();
    },
  };
}

const WARNING = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/**
 * The SDK prints at its first client that versions of 2027 will want a newer Node. That is for who updates the dependency,
 * which is pinned: a person with an export to save can do nothing about it. The variable is put back at once.
 */
function withoutVersionWarning<Client>(make: () => Client): Client {
  const before = process.env[WARNING];
  process.env[WARNING] = 'true';
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[WARNING];
    else process.env[WARNING] = before;
  }
}

function s3Endpoint(
  options: ClientOptions,
  environment: NonNullable<ClientOptions['environment']>,
): string | undefined {
  if (options.endpoint !== undefined) return options.endpoint;
  if (environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true') return undefined;
  return environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL'];
}

/** `bucket.localhost` and `bucket.127.0.0.1` are names no resolver knows. */
function needsPathStyle(endpoint: string | undefined): boolean {
  if (endpoint === undefined || !URL.canParse(endpoint)) return false;
  const host = new URL(endpoint).hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host.endsWith('.localhost') || isIP(host) !== 0;
}
