import { MailproofError } from '../model/index.ts';
import { systemClock } from './clock.ts';
import { type EwsFolder, type EwsRow, ewsFolders, ewsPage, ewsRoles } from './ews-messages.ts';
import { ewsRefusal } from './ews-refusal.ts';
import { type EwsRole, findFolderRequest, getFolderRequest } from './ews-requests.ts';

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
/** An answer longer than this is none: 200 folders take a tenth of it. */
const ANSWER_LIMIT = 8 * 1024 * 1024;

/**
 * Every folder of a mailbox with its number of items, calendar included, by FindFolder. A list that is shorter than the
 * server itself says is no list: who compares with it would take lost folders for folders that never were. Throws
 * ACCESS_DENIED, ENTITY_NOT_FOUND, TEMPORARY, TIMEOUT, SOURCE_UNREADABLE.
 */
export async function ewsFolderCounts(options: EwsOptions, signal?: AbortSignal): Promise<EwsFolder[]> {
  const rows = new Map<string, EwsRow>();
  const unreadable = (what: string) => new MailproofError('SOURCE_UNREADABLE', `${options.endpoint} ${what}.`);
  for (let page = 0, offset = 0; page < PAGES; page++) {
    const read = await asked(options, findFolderRequest(options.address, offset, PAGE), ewsPage, signal);
    const before = rows.size;
    for (const row of read.rows) rows.set(row.id, row);
    if (read.last ?? (read.total === null ? read.rows.length < PAGE : rows.size >= read.total)) {
      if (read.total !== null && rows.size < read.total) {
        throw unreadable(`has ${read.total} folders and lists ${rows.size}`);
      }
      return ewsFolders(rows, await roles(options, signal));
    }
    if (rows.size === before) throw unreadable(`lists ${rows.size} folders, has more and does not list them`);
    // Some servers give the offset of this page again, or none: what was received counts.
    offset = Math.max(read.next ?? 0, offset + read.rows.length);
  }
  throw unreadable('lists folders without end');
}

/** Which folders are the inbox and its like; none where the server does not say: names are compared all the same. */
async function roles(options: EwsOptions, signal?: AbortSignal): Promise<Map<string, EwsRole>> {
  try {
    return await asked(options, getFolderRequest(options.address), ewsRoles, signal);
  } catch (error) {
    if (error instanceof MailproofError && /^(SOURCE_UNREADABLE|ENTITY_NOT_FOUND)$/.test(error.code)) return new Map();
    throw error;
  }
}

/** What is read of the answer to a request, which is made again while the server is busy or its answer is cut. */
async function asked<Answer>(
  options: EwsOptions,
  request: string,
  read: (xml: string) => Answer,
  signal?: AbortSignal,
): Promise<Answer> {
  const { attempts = 6, backoffMilliseconds = 1000, random = Math.random } = options;
  const sleep = options.sleep ?? (async (milliseconds: number) => systemClock.sleep(milliseconds, signal));
  for (let failures = 1; ; failures++) {
    let failure: MailproofError;
    let least = 0;
    try {
      const { status, text, retryAfterSeconds } = await posted(options, request, signal);
      const refused = ewsRefusal(status, text, options.endpoint);
      if (refused === null) return read(text);
      failure = refused.error;
      least = Math.max(refused.backoffMilliseconds, retryAfterSeconds * 1000);
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
): Promise<{ status: number; text: string; retryAfterSeconds: number }> {
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
    if (size > ANSWER_LIMIT) throw new MailproofError('LIMIT_EXCEEDED', `${endpoint} answers with more than 8 MiB.`);
    chunks.push(chunk);
  }
  const wait = Number(response.headers.get('retry-after') ?? '0');
  const retryAfterSeconds = Number.isFinite(wait) && wait > 0 ? wait : 0;
  return { status: response.status, text: Buffer.concat(chunks).toString(), retryAfterSeconds };
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
