import type { FetchMessageObject, ImapFlow, MailboxObject } from 'imapflow';
import { throwIfCancelled } from '../model/cancelled.ts';
import { MailproofError } from '../model/index.ts';
import { systemClock } from './clock.ts';
import { type ImapOptions, imapClient } from './imap-client.ts';
import { imapError } from './imap-errors.ts';

/** A folder, as `verify/live/port.ts` wants it. */
export interface ImapFolder {
  readonly name: string;
  readonly path: readonly string[];
  readonly total: number;
}

export interface ImapHeader {
  readonly uid: number;
  readonly size: number;
  readonly arrived: number | null;
  readonly header: Uint8Array;
}

const SMALLEST_BATCH = 25;
/** A goodbye is a courtesy: nobody waits long for its answer. */
const GOODBYE = 3000;
/** The server is asked for these fields only, with PEEK: nothing is marked as read, no body is moved. */
const QUERY = {
  uid: true,
  size: true,
  internalDate: true,
  headers: ['message-id', 'date', 'from', 'subject'],
};

/**
 * A mailbox over IMAP, opened with EXAMINE. Headers come in ranges of sequence numbers (WorkMail refuses sets with commas);
 * no EXPUNGE can come between FETCH commands (RFC 3501 §7.4.1), so the numbers hold until the connection drops, and after
 * that the place is found again by UID. Implements `LiveMailbox` of `verify/live/port.ts` by its shape.
 */
export class ImapMailbox {
  readonly location: string;
  readonly #options: ImapOptions;
  #client: ImapFlow | null = null;
  /** The connection that is open or being opened, for whoever cancels. */
  #open: ImapFlow | null = null;
  /** Cancelling these ends a request that waits for its answer. */
  readonly #heeded = new WeakSet<AbortSignal>();
  #batch: number;

  constructor(options: ImapOptions) {
    this.#options = options;
    this.#batch = options.batch ?? 1000;
    this.location = `imap${options.secure ? 's' : ''}://${options.user}@${options.host}`;
  }

  /** Folders that can hold messages, with their counts. */
  async folders(signal?: AbortSignal): Promise<ImapFolder[]> {
    return this.#retrying(signal, async (client) => {
      const listed = await client.list({ statusQuery: { messages: true } });
      const folders = listed
        .filter(({ flags }) => !flags.has('\\Noselect') && !flags.has('\\NonExistent'))
        .map(({ path, delimiter, status }) => ({
          name: path,
          path: delimiter === '' || delimiter === null ? [path] : path.split(delimiter),
          total: status?.messages ?? 0,
        }));
      // Read twice, a folder that is listed twice would hold twice its messages.
      return [...new Map(folders.map((folder) => [folder.name, folder])).values()];
    });
  }

  /** The messages of a folder in the order of their UIDs, each once, however often the connection drops. */
  async *headers(folder: string, signal?: AbortSignal): AsyncGenerator<readonly ImapHeader[]> {
    const place = { validity: null as bigint | null, lastUid: 0, next: 1, exists: 0, client: null as ImapFlow | null };
    this.#heed(signal);
    for (let failures = 0; ; ) {
      try {
        const client = await this.#connected();
        if (place.client !== client) await this.#take(client, folder, place);
        if (place.next > place.exists) return;
        throwIfCancelled(signal);
        const last = Math.min(place.exists, place.next + this.#batch - 1);
        const read: ImapHeader[] = [];
        for await (const message of client.fetch(`${place.next}:${last}`, QUERY)) read.push(headerOf(message));
        // A server may answer in any order, and may repeat what it has said.
        read.sort((left, right) => left.uid - right.uid);
        const fresh = read.filter(({ uid }, at) => uid > place.lastUid && uid !== read[at - 1]?.uid);
        if (read.length < last - place.next + 1) await this.#missing(client, folder, read.length, place.next, last);
        place.lastUid = fresh.at(-1)?.uid ?? place.lastUid;
        place.next = last + 1;
        failures = 0;
        if (fresh.length > 0) yield fresh;
        await this.#pause(this.#options.pauseMilliseconds ?? 0, signal);
      } catch (error) {
        failures++;
        await this.#recover(error, failures, signal);
      }
    }
  }

  /** One message; null where it has gone. */
  async header(folder: string, uid: number, signal?: AbortSignal): Promise<ImapHeader | null> {
    return this.#retrying(signal, async (client) => {
      await this.#examine(client, folder);
      for await (const message of client.fetch(`${uid}:${uid}`, QUERY, { uid: true })) {
        if (message.uid === uid) return headerOf(message);
      }
      return null;
    });
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    this.#open = null;
    if (client === null) return;
    const patience = setTimeout(() => client.close(), GOODBYE);
    // A server that has hung up already needs no goodbye.
    await client.logout().catch(() => undefined);
    clearTimeout(patience);
  }

  async #examine(client: ImapFlow, folder: string): Promise<MailboxObject> {
    return client.mailboxOpen(folder, { readOnly: true }).catch((error: unknown) => {
      throw imapError(error, this.location, folder);
    });
  }

  /** Whoever cancels does not wait for a server that has hung. */
  #heed(signal: AbortSignal | undefined): void {
    if (signal === undefined || this.#heeded.has(signal)) return;
    this.#heeded.add(signal);
    signal.addEventListener('abort', () => this.#open?.close(), { once: true });
  }

  /** Opens the folder on this connection and finds the place in it again. */
  async #take(
    client: ImapFlow,
    folder: string,
    place: { validity: bigint | null; lastUid: number; next: number; exists: number; client: ImapFlow | null },
  ): Promise<void> {
    const opened = await this.#examine(client, folder);
    if (place.validity !== null && place.validity !== opened.uidValidity) {
      throw new MailproofError('SOURCE_CHANGED', `${folder} of ${this.location} was made anew while it was read.`, {
        advice: 'Run again.',
      });
    }
    place.validity = opened.uidValidity;
    place.exists = opened.exists;
    place.next = 1;
    if (place.lastUid > 0 && opened.exists > 0) {
      const found = await client.search({ uid: `${place.lastUid + 1}:*` });
      if (found === false || found === undefined) throw new Error('the place in the folder could not be found again');
      // `n:*` gives the last message even where its UID is below n: it is dropped when it comes.
      place.next = found.reduce((least, number) => Math.min(least, number), opened.exists + 1);
    }
    place.client = client;
  }

  /**
   * Fewer messages came than were asked for. A message expunged by another client may be left out (RFC 2180 §4.1): then the
   * folder has fewer now. Otherwise the answer is cut, and silence would look like loss.
   */
  async #missing(client: ImapFlow, folder: string, came: number, first: number, last: number): Promise<void> {
    const status = await client.status(folder, { messages: true });
    const exists = status === false ? undefined : status.messages;
    const mailbox = client.mailbox === false ? 0 : client.mailbox.exists;
    // A server that does not say has not said that they are gone.
    if (exists !== undefined && (exists < last || exists < mailbox)) return;
    throw new Error(`${folder} gave ${came} of the messages ${first} to ${last}`);
  }

  async #connected(): Promise<ImapFlow> {
    if (this.#client?.usable === true) return this.#client;
    const client = imapClient(this.#options);
    this.#open = client;
    await client.connect();
    this.#client = client;
    return client;
  }

  /** Waits before another try, or throws for good. */
  async #recover(error: unknown, failures: number, signal?: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    const failure = imapError(error, this.location);
    this.#open?.close();
    this.#open = null;
    this.#client = null;
    if (!failure.retryable || failures >= (this.#options.attempts ?? 6)) throw failure;
    this.#batch = Math.max(SMALLEST_BATCH, this.#batch >> 1);
    const { random = Math.random, backoffMilliseconds = 500 } = this.#options;
    const bound = Math.min(30_000, backoffMilliseconds * 2 ** (failures - 1));
    await this.#pause(Math.round(bound * (0.1 + 0.9 * random())), signal);
  }

  async #retrying<Result>(
    signal: AbortSignal | undefined,
    act: (client: ImapFlow) => Promise<Result>,
  ): Promise<Result> {
    this.#heed(signal);
    for (let failures = 1; ; failures++) {
      throwIfCancelled(signal);
      try {
        return await act(await this.#connected());
      } catch (error) {
        await this.#recover(error, failures, signal);
      }
    }
  }

  async #pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (milliseconds <= 0) return;
    if (this.#options.sleep === undefined) await systemClock.sleep(milliseconds, signal);
    else await this.#options.sleep(milliseconds, signal);
  }
}

function headerOf({ uid, size, internalDate, headers }: FetchMessageObject): ImapHeader {
  const arrived = internalDate instanceof Date ? internalDate.getTime() : Date.parse(internalDate ?? '');
  return { uid, size: size ?? 0, arrived: Number.isNaN(arrived) ? null : arrived, header: headers ?? new Uint8Array() };
}
