import { createHash } from 'node:crypto';
import {
  algorithmOf,
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  checksumHeader,
  isChecksumValue,
  type RunningChecksum,
  startChecksum,
} from './checksum/checksum.ts';
import { ChunkedBody } from './chunked-body.ts';
import { S3Error } from './error.ts';
import type { PartChecksum, S3Call } from './state.ts';
import type { Blob } from './store/blob.ts';

export interface UploadedBody {
  readonly blob: Blob;
  /** Hexadecimal; null where nobody asked for it. */
  readonly md5: string | null;
  readonly checksum: PartChecksum;
  /** CRC-64/NVME, where it was asked for. */
  readonly natural: PartChecksum | null;
  /** Whether the client named the checksum, rather than the server choosing it. */
  readonly claimed: boolean;
}

const SINGLE_LIMIT = 5 * 1024 ** 3;

/**
 * Stores a request's body, checking everything the client said of it: length, MD5, checksum in header or trailer,
 * payload hash, chunk signatures. Nothing is kept when one of them does not hold.
 * @param fallback the algorithm S3 takes where the client names none.
 * @param wantNatural whether CRC-64/NVME is taken beside the algorithm the client names.
 */
export async function storeUpload(
  call: S3Call,
  dataKey: Uint8Array | null,
  wantMd5: boolean,
  fallback: ChecksumAlgorithm = 'CRC64NVME',
  wantNatural = false,
): Promise<UploadedBody> {
  const { request, context } = call;
  const payloadHash = request.header('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD';
  const length = declaredLength(call, payloadHash);
  const expectedMd5 = readMd5(request.header('content-md5'));
  const named = namedChecksum(call);
  const chunked = payloadHash.startsWith('STREAMING-')
    ? new ChunkedBody(payloadHash.includes('AWS4-HMAC') ? call.verified : null)
    : null;

  const algorithm = named?.algorithm ?? fallback;
  const checksum = startChecksum(algorithm);
  const natural = wantNatural && algorithm !== 'CRC64NVME' ? startChecksum('CRC64NVME') : null;
  const md5 = wantMd5 || expectedMd5 !== null ? createHash('md5') : null;
  const payload = /^[0-9a-f]{64}$/.test(payloadHash) ? createHash('sha256') : null;
  async function* observed(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      checksum.update(chunk);
      natural?.update(chunk);
      md5?.update(chunk);
      payload?.update(chunk);
      yield chunk;
    }
  }
  const blob = await context.store.write(observed(chunked?.decode(request.body) ?? request.body), dataKey);
  try {
    if (blob.size !== length) throw new S3Error('IncompleteBody');
    if (payload !== null && payload.digest('hex') !== payloadHash) throw new S3Error('XAmzContentSHA256Mismatch');
    const digest = md5?.digest() ?? null;
    if (expectedMd5 !== null && digest?.equals(expectedMd5) !== true)
      throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
    const expected = named === null ? null : (named.value ?? chunked?.trailers.get(checksumHeader(algorithm)) ?? null);
    const value = checksum.value();
    if (named !== null && expected === null)
      throw new S3Error('InvalidRequest', `The ${algorithm} checksum that was announced did not come.`);
    if (expected !== null && !isChecksumValue(algorithm, expected))
      throw new S3Error('InvalidRequest', `Value for ${checksumHeader(algorithm)} header is invalid.`);
    if (expected !== null && expected !== value)
      throw new S3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
    return {
      blob,
      md5: digest?.toString('hex') ?? null,
      checksum: { algorithm, value },
      natural: algorithm === 'CRC64NVME' ? { algorithm, value } : asChecksum(natural),
      claimed: named !== null,
    };
  } catch (error) {
    await context.store.release(blob);
    throw error;
  }
}

function asChecksum(running: RunningChecksum | null): PartChecksum | null {
  return running === null ? null : { algorithm: 'CRC64NVME', value: running.value() };
}

function declaredLength(call: S3Call, payloadHash: string): number {
  const { request } = call;
  const chunked = payloadHash.startsWith('STREAMING-');
  const text = chunked ? request.header('x-amz-decoded-content-length') : request.header('content-length');
  if (text === undefined && !chunked && request.header('transfer-encoding') !== undefined)
    throw new S3Error(
      'NotImplemented',
      'A header you provided implies functionality that is not implemented: Transfer-Encoding',
    );
  if (text === undefined || !/^\d{1,15}$/.test(text)) throw new S3Error('MissingContentLength');
  if (Number(text) > SINGLE_LIMIT) throw new S3Error('EntityTooLarge');
  return Number(text);
}

function readMd5(header: string | undefined): Buffer | null {
  if (header === undefined) return null;
  const octets = Buffer.from(header, 'base64');
  if (octets.length !== 16) throw new S3Error('InvalidDigest', 'The Content-MD5 you specified was invalid.');
  return octets;
}

/** The checksum the client named in a header, or announced for the trailer (`value` null). */
function namedChecksum(call: S3Call): { readonly algorithm: ChecksumAlgorithm; readonly value: string | null } | null {
  const present = CHECKSUM_ALGORITHMS.filter((each) => call.request.header(checksumHeader(each)) !== undefined);
  if (present.length > 1)
    throw new S3Error(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  const [algorithm] = present;
  if (algorithm !== undefined) return { algorithm, value: call.request.header(checksumHeader(algorithm)) ?? null };
  const trailer = call.request.header('x-amz-trailer');
  if (trailer === undefined) return null;
  const announced = algorithmOf(trailer);
  if (announced === null)
    throw new S3Error('InvalidRequest', 'The value specified in the x-amz-trailer header is not supported');
  return { algorithm: announced, value: null };
}
