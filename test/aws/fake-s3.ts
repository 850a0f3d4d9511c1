import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AwsClients, createClients } from '../../src/aws/index.ts';

interface StoredObject {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly modified: Date;
  readonly headers: Readonly<Record<string, string>>;
}

export interface FakeRequest {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Uint8Array;
}

/** What a server may do instead of answering as it should. `after` counts octets of the body. */
export type Fault =
  | { readonly kind: 'error'; readonly status: number; readonly code?: string; readonly message?: string }
  | { readonly kind: 'reset'; readonly after: number }
  | { readonly kind: 'short'; readonly after: number }
  | { readonly kind: 'stall'; readonly after: number }
  | { readonly kind: 'whole' }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'lost-answer' }
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> };

export interface FakeS3 extends AwsClients {
  readonly endpoint: string;
  readonly objects: Map<string, StoredObject>;
  readonly uploads: Map<string, Map<number, Uint8Array>>;
  readonly requests: FakeRequest[];
  /** Asked before each answer. */
  fault: (request: FakeRequest) => Fault | undefined;
  /** The body of errors without a code. */
  page: string;
  /** Answers under way whose connection is still open. */
  underWay(): number;
  put(key: string, body: Uint8Array, headers?: Record<string, string>, modified?: Date): void;
  stop(): Promise<void>;
}

/** The least of S3 that the source and sink need, with every fault a network and a server can have. Test code only. */
export async function startFakeS3(): Promise<FakeS3> {
  const objects: FakeS3['objects'] = new Map();
  const uploads: FakeS3['uploads'] = new Map();
  const requests: FakeRequest[] = [];
  const open = new Set<ServerResponse>();
  const store = (
    name: string,
    body: Uint8Array,
    headers: Record<string, string> = {},
    modified = new Date(1_772_000_000_000),
  ) => {
    objects.set(name, { body, etag: `"${createHash('md5').update(body).digest('hex')}"`, modified, headers });
  };
  const server = createServer((incoming, response) => {
    open.add(response);
    response.on('close', () => open.delete(response));
    void answer(incoming, response).catch(() => response.destroy());
  });

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const chunk of incoming) pieces.push(chunk);
    const url = new URL(incoming.url ?? '/', 'http://fake');
    const [, bucket = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
    const request: FakeRequest = {
      method: incoming.method ?? '',
      bucket,
      key: rest.join('/'),
      query: url.searchParams,
      headers: incoming.headers,
      body: Buffer.concat(pieces),
    };
    requests.push(request);
    const fault = fake.fault(request);
    if (fault?.kind === 'error') {
      if (fault.code === undefined && fake.page !== '' && request.method !== 'HEAD')
        response.writeHead(fault.status).end(fake.page);
      else failure(response, request, fault.status, fault.code, fault.message);
      return;
    }
    if (request.method === 'GET' && request.key === '') return list(response, request);
    if (request.method === 'GET' || request.method === 'HEAD') return get(response, request, fault);
    write(response, request, fault);
  }

  function get(response: ServerResponse, request: FakeRequest, fault: Fault | undefined) {
    const object = objects.get(request.key);
    if (object === undefined) return failure(response, request, 404, 'NoSuchKey');
    const match = request.headers['if-match'];
    if (match !== undefined && match !== object.etag) return failure(response, request, 412, 'PreconditionFailed');
    const size = object.body.length;
    const range = fault?.kind === 'whole' ? null : /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const start = range === null ? 0 : Number(range[1]);
    const end = range === null ? size : Math.min(size, Number(range[2]) + 1);
    if (range !== null && start >= size) return failure(response, request, 416, 'InvalidRange');
    response.statusCode = range === null ? 200 : 206;
    response.setHeader('etag', object.etag);
    response.setHeader('last-modified', object.modified.toUTCString());
    for (const [name, value] of Object.entries(object.headers)) response.setHeader(name, value);
    if (range !== null) response.setHeader('content-range', `bytes ${start}-${end - 1}/${size}`);
    if (fault?.kind === 'headers')
      for (const [name, value] of Object.entries(fault.headers)) response.setHeader(name, value);
    if (request.method === 'HEAD') {
      response.setHeader('content-length', size);
      response.end();
      return;
    }
    const body = object.body.subarray(start, end);
    const cut = fault !== undefined && 'after' in fault ? body.subarray(0, fault.after) : body;
    // A body in chunks has no length to hold it to: only so can a server end it early and in good order.
    if (fault?.kind === 'too-long') response.write(body);
    else if (fault?.kind !== 'short') response.setHeader('content-length', body.length);
    if (fault?.kind === 'stall') response.write(cut.length === 0 ? '' : cut);
    else if (fault?.kind === 'reset') response.write(cut, () => response.destroy());
    else response.end(fault?.kind === 'too-long' ? 'more' : cut);
  }

  function write(response: ServerResponse, request: FakeRequest, fault: Fault | undefined) {
    const id = request.query.get('uploadId');
    const answerWith = (body: string) => (fault?.kind === 'lost-answer' ? response.destroy() : response.end(body));
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(request.headers)) {
      if (/^x-amz-(meta-|server-side|checksum-sha256)|^content-type$/.test(name)) headers[name] = String(value);
    }
    if (request.method === 'DELETE') {
      if (id === null) objects.delete(request.key);
      else uploads.delete(id);
      response.statusCode = 204;
      answerWith('');
    } else if (request.method === 'POST' && id === null) {
      const created = randomBytes(8).toString('hex');
      uploads.set(created, new Map());
      pending.set(created, headers);
      answerWith(`<InitiateMultipartUploadResult><UploadId>${created}</UploadId></InitiateMultipartUploadResult>`);
    } else if (request.method === 'PUT' && id !== null) {
      const parts = uploads.get(id);
      if (parts === undefined) return failure(response, request, 404, 'NoSuchUpload');
      parts.set(Number(request.query.get('partNumber')), request.body);
      response.setHeader('etag', `"${createHash('md5').update(request.body).digest('hex')}"`);
      answerWith('');
    } else {
      if (request.headers['if-none-match'] === '*' && objects.has(request.key)) {
        return failure(response, request, 412, 'PreconditionFailed');
      }
      const parts = id === null ? null : uploads.get(id);
      if (parts === undefined) return failure(response, request, 404, 'NoSuchUpload');
      const body =
        parts === null ? request.body : Buffer.concat([...parts].sort(([a], [b]) => a - b).map(([, part]) => part));
      store(request.key, body, id === null ? headers : pending.get(id));
      if (id !== null) uploads.delete(id);
      answerWith(id === null ? '' : `<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>`);
    }
  }
  const pending = new Map<string, Record<string, string>>();

  /** Pages of three, so that paging is never left out. */
  function list(response: ServerResponse, request: FakeRequest): void {
    const prefix = request.query.get('prefix') ?? '';
    const after = request.query.get('continuation-token') ?? '';
    const delimiter = request.query.get('delimiter');
    const keys = [...objects.keys()]
      .filter((key) => key.startsWith(prefix))
      .filter((key) => delimiter === null || !key.slice(prefix.length).includes(delimiter))
      .sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    const rest = keys.slice(after === '' ? 0 : keys.indexOf(after) + 1);
    const page = rest.slice(0, 3);
    const contents = page.map((key) => {
      const object = objects.get(key);
      return `<Contents><Key>${xml(key)}</Key><Size>${object?.body.length}</Size><LastModified>${object?.modified.toISOString()}</LastModified></Contents>`;
    });
    const more = rest.length > page.length;
    const token = more ? `<NextContinuationToken>${xml(page.at(-1) ?? '')}</NextContinuationToken>` : '';
    response.end(`<ListBucketResult><IsTruncated>${more}</IsTruncated>${token}${contents.join('')}</ListBucketResult>`);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const clients = createClients({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    attempts: 1,
  });
  const fake: FakeS3 = {
    endpoint,
    objects,
    uploads,
    requests,
    fault: () => undefined,
    page: '',
    underWay: () => open.size,
    put: store,
    s3: clients.s3,
    kms: clients.kms,
    workmail: clients.workmail,
    sts: clients.sts,
    destroy: () => clients.destroy(),
    async stop() {
      clients.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

function failure(response: ServerResponse, request: FakeRequest, status: number, code = '', message = code): void {
  response.statusCode = status;
  const body =
    code === ''
      ? ''
      : `<Error><Code>${code}</Code><Message>${xml(message)}</Message><RequestId>REQ1</RequestId></Error>`;
  // An answer to HEAD has no body: the code is not to be had.
  response.end(request.method === 'HEAD' ? '' : body);
}

const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
