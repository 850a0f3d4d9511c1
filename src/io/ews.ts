import { MailproofError } from '../model/index.ts';
import { systemClock } from './clock.ts';
import { type EwsFolder, type EwsRow, ewsError, ewsFolders, ewsRows, findFolderRequest } from './ews-messages.ts';

export interface EwsOptions {
  /** `https://ews.mail.<region>.awsapps.com/EWS/Exchange.asmx`. */
  readonly endpoint: string;
  /** Of a read-only impersonation role (workmail:AssumeImpersonationRole). Never written anywhere. */
  readonly token: string;
  /** The mailbox, by its address. */
  readonly address: string;
  readonly attempts?: number;
  readonly backoffMilliseconds?: number;
  readonly timeoutMilliseconds?: number;
  readonly random?: () => number;
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** Folders asked for at once. */
const PAGE = 200;
/** A tree of folders is no longer than this answer's pages: a server that never says it is the last must not hold us. */
const PAGES = 500;
/** An answer longer than this is none. */
const ANSWER_LIMIT = 64 * 1024 * 1024;

/**
 * Every folder of a mailbox with its number of items, calendar included, by FindFolder (Exchange2010_SP2, all that WorkMail
 * speaks). Throws ACCESS_DENIED, TEMPORARY, TIMEOUT, SOURCE_UNREADABLE.
 */
export async function ewsFolderCounts(options: EwsOptions, signal?: AbortSignal): Promise<EwsFolder[]> {
  const rows: EwsRow[] = [];
  for (let page = 0, offset = 0; page < PAGES; page++) {
    const answer = await asked(options, findFolderRequest(options.address, offset, PAGE), signal);
    const read = ewsRows(answer);
    rows.push(...read.rows);
    if (read.last || read.rows.length === 0) return ewsFolders(rows);
    offset = read.next ?? offset + read.rows.length;
  }
  throw new MailproofError('SOURCE_UNREADABLE', `${options.endpoint} lists folders without end.`);
}

/** One request, made again while the server says it is busy. */
async function asked(options: EwsOptions, request: string, signal?: AbortSignal): Promise<string> {
  const { attempts = 6, backoffMilliseconds = 1000, random = Math.random } = options;
  const sleep = options.sleep ?? (async (milliseconds: number) => systemClock.sleep(milliseconds, signal));
  for (let failures = 1; ; failures++) {
    let failure: MailproofError;
    let least = 0;
    try {
      const { status, text } = await posted(options, request, signal);
      const refused = ewsError(status, text, options.endpoint);
      if (refused === null) return text;
      failure = refused.error;
      least = refused.backoffMilliseconds;
    } catch (error) {
      if (signal?.aborted === true) throw new MailproofError('CANCELLED', 'Cancelled.', { cause: error });
      failure = networkFailure(error, options.endpoint);
    }
    if (!failure.retryable || failures >= attempts) throw failure;
    const bound = Math.min(60_000, backoffMilliseconds * 2 ** (failures - 1));
    // The server says how long it wants to be left alone: no shorter.
    await sleep(Math.max(Math.min(least, 300_000), Math.round(bound * (0.1 + 0.9 * random()))), signal);
  }
}

async function posted(
  { endpoint, token, timeoutMilliseconds = 60_000 }: EwsOptions,
  request: string,
  signal?: AbortSignal,
): Promise<{ status: number; text: string }> {
  const timeout = AbortSignal.timeout(timeoutMilliseconds);
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset=utf-8', authorization: `Bearer ${token}`, accept: 'text/xml' },
    body: request,
    // A token must not follow a redirection to another host.
    redirect: 'error',
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > ANSWER_LIMIT) throw new MailproofError('LIMIT_EXCEEDED', `${endpoint} answers with more than 64 MiB.`);
    chunks.push(chunk);
  }
  return { status: response.status, text: Buffer.concat(chunks).toString() };
}

function networkFailure(error: unknown, endpoint: string): MailproofError {
  if (error instanceof MailproofError) return error;
  const isTimeout = error instanceof Error && error.name === 'TimeoutError';
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  return new MailproofError(isTimeout ? 'TIMEOUT' : 'TEMPORARY', `${endpoint} could not be asked: ${cause}.`, {
    cause: error,
    advice: 'Run again.',
  });
}
