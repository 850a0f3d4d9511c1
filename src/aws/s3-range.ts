import { Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { cancelled } from '../model/cancelled.ts';
import { MailproofError } from '../model/index.ts';
import { backoff, type Tuning } from './backoff.ts';
import { awsError } from './errors.ts';
import { linkSignals } from './link.ts';
import { type ObjectAddress, objectLocation } from './s3-identity.ts';

/** An object pinned to the state its HEAD showed. */
export interface PinnedObject {
  readonly s3: S3Client;
  readonly address: ObjectAddress;
  readonly etag: string | null;
  readonly size: number;
  readonly bucketKey: boolean;
  readonly tuning: Tuning;
}

/** However small the steps are in which a failing server moves on, one range is not asked for for ever. */
const MOST_REQUESTS = 1_000;

/**
 * Fills `target` with the object's octets from `start` on by ranged GETs, each held to the version and ETag of the HEAD. A
 * body that breaks off, ends early or stalls is taken up at the octet reached. Throws SOURCE_CHANGED, SOURCE_TRUNCATED
 * (every body ends before the range does), TEMPORARY, CANCELLED, and what `awsError` makes of a refusal.
 */
export async function fillRange(
  object: PinnedObject,
  target: Uint8Array,
  start: number,
  signal: AbortSignal,
): Promise<void> {
  const { tuning } = object;
  let filled = 0;
  let failures = 0;
  for (let requests = 1; filled < target.length; requests += 1) {
    if (signal.aborted) throw cancelled(signal);
    const before = filled;
    const failure = await attempt(object, target.subarray(filled), start + filled, signal, (octets) => {
      filled += octets;
    });
    if (failure === null) continue;
    if (signal.aborted) throw cancelled(signal);
    failures = filled > before ? 1 : failures + 1;
    if (!isWorthAnother(failure) || failures >= tuning.attempts || requests >= MOST_REQUESTS) throw failure;
    await tuning.sleep(backoff(failures, tuning), signal);
  }
}

function isWorthAnother(failure: MailproofError): boolean {
  return failure.retryable || failure.code === 'SOURCE_TRUNCATED';
}

/** One GET. Tells how far it came by `onOctets`, and what stopped it, or null. */
async function attempt(
  object: PinnedObject,
  target: Uint8Array,
  start: number,
  outer: AbortSignal,
  onOctets: (octets: number) => void,
): Promise<MailproofError | null> {
  const { s3, address, etag, tuning } = object;
  const end = start + target.length;
  const location = objectLocation(address);
  const link = linkSignals(outer);
  // Covers the wait for the answer and every gap within the body: refreshed by each chunk.
  const stall = setTimeout(() => link.abort(), tuning.stallMilliseconds);
  let body: Readable | null = null;
  try {
    const response = await s3.send(
      new GetObjectCommand({
        Bucket: address.bucket,
        Key: address.key,
        Range: `bytes=${start}-${end - 1}`,
        ...(address.versionId === undefined ? {} : { VersionId: address.versionId }),
        ...(etag === null ? {} : { IfMatch: etag }),
      }),
      { abortSignal: link.signal },
    );
    body = bodyOf(response);
    checkResponse(response, object, start, end);
    // The SDK's own listener may be gone once the headers are in.
    const closing = body;
    link.signal.addEventListener('abort', () => closing.destroy(), { once: true });
    let reached = 0;
    for await (const chunk of body) {
      stall.refresh();
      if (!(chunk instanceof Uint8Array)) throw new TypeError('a body of octets was expected');
      if (reached + chunk.length > target.length) throw tooLong(location, end);
      target.set(chunk, reached);
      reached += chunk.length;
      onOctets(chunk.length);
    }
    return reached === target.length ? null : endedEarly(location, start + reached, end);
  } catch (error) {
    if (outer.aborted) return cancelled(outer);
    if (link.signal.aborted) return stalled(location, tuning.stallMilliseconds);
    const failure = awsError(error, {
      what: `${location} could not be read`,
      service: 's3',
      bucketKey: object.bucketKey,
    });
    return failure.code === 'SOURCE_NOT_FOUND' ? removed(location, failure) : failure;
  } finally {
    clearTimeout(stall);
    link.release();
    // A body nobody reads keeps its socket from the pool for ever.
    body?.destroy();
  }
}

function bodyOf(response: GetObjectCommandOutput): Readable {
  if (response.Body instanceof Readable) return response.Body;
  throw new MailproofError('UNEXPECTED', 'The answer of S3 has no body that Node can read.');
}

/** The ETag is compared here too: a server that ignores If-Match must not slip another object in. */
function checkResponse(response: GetObjectCommandOutput, object: PinnedObject, start: number, end: number): void {
  const location = objectLocation(object.address);
  if (object.etag !== null && response.ETag !== undefined && response.ETag !== object.etag) {
    throw changed(location, object.etag, response.ETag);
  }
  const expected = `bytes ${start}-${end - 1}/${object.size}`;
  const whole = start === 0 && end === object.size;
  const found =
    response.ContentRange ??
    (response.ContentLength === object.size ? `bytes 0-${object.size - 1}/${object.size}` : null);
  if (found === expected || (whole && found === null && response.ContentLength === undefined)) return;
  if (found?.startsWith('bytes ') === true && !found.endsWith(`/${object.size}`))
    throw changed(location, expected, found);
  throw new MailproofError(
    'SOURCE_UNREADABLE',
    `${location} could not be read in ranges: asked for "${expected}", answered "${found ?? 'the whole'}".`,
    { advice: 'The endpoint, or a proxy before it, does not serve ranges as S3 does.' },
  );
}

const WAIT = 'Wait until nothing writes to it, then run again.';

function changed(location: string, expected: string, found: string): MailproofError {
  return new MailproofError('SOURCE_CHANGED', `${location} was replaced while it was read.`, {
    advice: WAIT,
    details: { location, expected, found },
  });
}

function removed(location: string, cause: MailproofError): MailproofError {
  return new MailproofError('SOURCE_CHANGED', `${location} was removed while it was read.`, {
    cause,
    advice:
      'Look for a lifecycle rule or another program that removes it; an earlier version can be named with ?versionId=.',
  });
}

function endedEarly(location: string, reached: number, end: number): MailproofError {
  return new MailproofError(
    'SOURCE_TRUNCATED',
    `${location} could not be read whole: the answers end at octet ${reached}, ${end} was expected.`,
    {
      advice: 'Run again; if it stays so, the endpoint or a proxy before it cuts answers short.',
      details: { reached, end },
    },
  );
}

function tooLong(location: string, end: number): MailproofError {
  return new MailproofError(
    'SOURCE_UNREADABLE',
    `${location} could not be read: an answer goes on beyond octet ${end}.`,
    {
      advice: 'The endpoint, or a proxy before it, does not serve ranges as S3 does.',
    },
  );
}

function stalled(location: string, milliseconds: number): MailproofError {
  return new MailproofError('TEMPORARY', `${location} could not be read: nothing came for ${milliseconds} ms.`, {
    advice: 'Check the network, then run again: the run resumes where it stopped.',
  });
}
