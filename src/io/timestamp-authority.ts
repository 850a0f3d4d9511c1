import { MailproofError } from '../model/index.ts';

/** An answer longer than this is no time stamp. */
const ANSWER_LIMIT = 1024 * 1024;

/**
 * Sends a TimeStampReq to an authority and gives its answer unread (RFC 3161 §3.4: HTTP). Plain HTTP is usual and does no
 * harm: the request is a digest, the answer is signed. Throws TEMPORARY, TIMEOUT, SOURCE_UNREADABLE.
 */
export async function requestTimestamp(
  url: string,
  request: Uint8Array,
  options: { readonly signal?: AbortSignal; readonly timeoutMilliseconds?: number } = {},
): Promise<Uint8Array> {
  const timeout = AbortSignal.timeout(options.timeoutMilliseconds ?? 30_000);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
      body: new Uint8Array(request),
      signal,
    });
    const octets = new Uint8Array(await response.arrayBuffer());
    if (response.ok && octets.length <= ANSWER_LIMIT) return octets;
    const code = response.status >= 500 ? 'TEMPORARY' : 'SOURCE_UNREADABLE';
    throw new MailproofError(code, `${url} gave no time stamp: HTTP ${response.status}, ${octets.length} octets.`);
  } catch (error) {
    if (error instanceof MailproofError) throw error;
    if (options.signal?.aborted === true) throw new MailproofError('CANCELLED', 'Cancelled.', { cause: error });
    const isTimeout = error instanceof Error && error.name === 'TimeoutError';
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new MailproofError(isTimeout ? 'TIMEOUT' : 'TEMPORARY', `${url} could not be asked: ${cause}.`, {
      cause: error,
      advice: 'Run again, or name another time stamping authority.',
    });
  }
}
