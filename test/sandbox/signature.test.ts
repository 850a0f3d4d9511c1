import { expect, test } from 'vitest';
import { readQuery, type SandboxRequest } from '../../src/sandbox/http/request.ts';
import { ChunkedBody } from '../../src/sandbox/s3/chunked-body.ts';
import { canonicalPath, canonicalQuery, EMPTY_SHA256 } from '../../src/sandbox/signature/canonical.ts';
import { type VerifyContext, verifySignature } from '../../src/sandbox/signature/verify.ts';
import { gather } from './clients.ts';

// The examples of the Amazon S3 API reference, "Authenticating Requests (AWS Signature Version 4)".
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const CONTEXT: VerifyContext = {
  credentials: [{ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: SECRET }],
  region: 'us-east-1',
  service: 's3',
  now: Date.UTC(2013, 4, 24),
  payloadHash: EMPTY_SHA256,
};
const SCOPE = '20130524/us-east-1/s3/aws4_request';

function request(method: string, path: string, headers: Record<string, string>, rawQuery = ''): SandboxRequest {
  const map = new Map(Object.entries(headers));
  return {
    id: '1',
    method,
    host: headers['host'] ?? '',
    rawPath: path,
    rawQuery,
    query: readQuery(rawQuery),
    headers: map,
    header: (name) => map.get(name),
    body: (async function* () {})(),
  };
}

function signed(signedHeaders: string, signature: string): string {
  return `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/${SCOPE},SignedHeaders=${signedHeaders},Signature=${signature}`;
}

const HOST = { host: 'examplebucket.s3.amazonaws.com', 'x-amz-date': '20130524T000000Z' };
const GET = request('GET', '/test.txt', {
  ...HOST,
  range: 'bytes=0-9',
  'x-amz-content-sha256': EMPTY_SHA256,
  authorization: signed(
    'host;range;x-amz-content-sha256;x-amz-date',
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ),
});
const PUT = request('PUT', '/test%24file.text', {
  ...HOST,
  date: 'Fri, 24 May 2013 00:00:00 GMT',
  'x-amz-storage-class': 'REDUCED_REDUNDANCY',
  'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
  authorization: signed(
    'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ),
});
const LIST = request(
  'GET',
  '/',
  {
    ...HOST,
    'x-amz-content-sha256': EMPTY_SHA256,
    authorization: signed(
      'host;x-amz-content-sha256;x-amz-date',
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ),
  },
  'max-keys=2&prefix=J',
);
const PRESIGNED_QUERY = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`;
const PRESIGNED = request('GET', '/test.txt', { host: HOST.host }, PRESIGNED_QUERY);
const SEED_SIGNATURE = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9';
const CHUNKED = request('PUT', '/examplebucket/chunkObject.txt', {
  host: 's3.amazonaws.com',
  'x-amz-date': '20130524T000000Z',
  'x-amz-storage-class': 'REDUCED_REDUNDANCY',
  'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'content-encoding': 'aws-chunked',
  'x-amz-decoded-content-length': '66560',
  'content-length': '66824',
  authorization: signed(
    'content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class',
    SEED_SIGNATURE,
  ),
});

test.each([
  ['GET Object', GET],
  ['PUT Object', PUT],
  ['List Objects', LIST],
  ['presigned GET', PRESIGNED],
  ['PUT in signed chunks', CHUNKED],
])("AWS's example: %s", (_, example) => {
  expect(verifySignature(example, CONTEXT)).toHaveProperty('verified');
});

const DAY = 86_400_000;
test.each<[string, SandboxRequest, Partial<VerifyContext>, string]>([
  ['another secret', GET, { credentials: [{ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' }] }, 'mismatch'],
  ['another path', { ...GET, rawPath: '/test.txt2' }, {}, 'mismatch'],
  ['another query', { ...LIST, rawQuery: 'max-keys=3&prefix=J' }, {}, 'mismatch'],
  ['nobody', GET, { credentials: [] }, 'unknown-key'],
  ['another region', GET, { region: 'eu-west-1' }, 'wrong-region'],
  ['another service', GET, { service: 'kms' }, 'malformed'],
  ['a slow clock', GET, { now: CONTEXT.now + DAY }, 'skewed'],
  ['presigned, too late', PRESIGNED, { now: CONTEXT.now + DAY + 1 }, 'expired'],
  ['presigned, from the future', PRESIGNED, { now: CONTEXT.now - DAY }, 'skewed'],
  ['no signature', request('GET', '/', {}), {}, 'anonymous'],
  ['another scheme', request('GET', '/', { authorization: 'AWS x:y' }), {}, 'malformed'],
  ['half a header', request('GET', '/', { authorization: 'AWS4-HMAC-SHA256 Credential=a' }), {}, 'malformed'],
  ['no date', request('GET', '/', { authorization: signed('host', 'x') }), {}, 'malformed'],
  [
    'a wrong date',
    request('GET', '/', { authorization: signed('host', 'x'), 'x-amz-date': '20130524' }),
    {},
    'malformed',
  ],
  ['a wrong lifetime', request('GET', '/', {}, `${PRESIGNED_QUERY}&X-Amz-Expires=604801`), {}, 'malformed'],
])('%s', (_, example, context, failure) => {
  expect(verifySignature(example, { ...CONTEXT, ...context })).toEqual({ failure });
});

test('canonical forms', () => {
  expect(canonicalPath("/a b/%C3%BC//it's(1)*!~")).toBe('/a%20b/%C3%BC//it%27s%281%29%2A%21~');
  expect(canonicalPath('/%zz')).toBe('/%25zz');
  expect(canonicalQuery('b=2&a=%2F&a=+&c&X-Amz-Signature=x&')).toBe('a=%2B&a=%2F&b=2&c=');
});

// The same reference, "Example Calculations": 65,536 and 1,024 octets of `a`.
const CHUNKS = [
  [65_536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'],
  [1024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'],
  [0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'],
] as const;
const BODY = Buffer.from(
  CHUNKS.map(
    ([size, signature]) => `${size.toString(16)};chunk-signature=${signature}\r\n${'a'.repeat(size)}\r\n`,
  ).join(''),
);

async function* pieces(body: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

function decode(body: Buffer, size: number): Promise<Buffer> {
  const checked = verifySignature(CHUNKED, CONTEXT);
  if ('failure' in checked) throw new Error(checked.failure);
  return gather(new ChunkedBody(checked.verified).decode(pieces(body, size)));
}

test.each([1, 3, 321, 65_537, 1_000_000])("AWS's example of signed chunks, in pieces of %i", async (size) => {
  expect((await decode(BODY, size)).equals(Buffer.alloc(66_560, 'a'))).toBe(true);
});

test('one octet altered, and a chunk left out', async () => {
  const altered = Buffer.from(BODY);
  altered[1000] = 0x62;
  await expect(decode(altered, 4096)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
  const second = BODY.indexOf('400;');
  await expect(decode(BODY.subarray(second), 4096)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
});
