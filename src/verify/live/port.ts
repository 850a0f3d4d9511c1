/** A folder of a live mailbox, as the server lists it. */
export interface LiveFolder {
  /** As the server wants it said again. */
  readonly name: string;
  /** The same in its levels, decoded, split where the server's own delimiter stands. */
  readonly path: readonly string[];
  /** Messages in it when it was listed. */
  readonly total: number;
}

/** What is asked of a message: a few header fields and its size, never its body. */
export interface LiveHeader {
  readonly uid: number;
  /** RFC822.SIZE, octets. */
  readonly size: number;
  /** INTERNALDATE, milliseconds since 1970; null where the server gives none. */
  readonly arrived: number | null;
  /** The fields Message-ID, Date, From and Subject as they stand, an empty line at the end. */
  readonly header: Uint8Array;
}

/**
 * A mailbox that is still alive, read without changing it. `io/imap.ts` implements it by its shape alone: rooms that touch
 * the network know nothing of verification. What it throws is a MailproofError: ACCESS_DENIED, TEMPORARY, TIMEOUT.
 */
export interface LiveMailbox {
  /** For people: `imaps://host`. Never a password. */
  readonly location: string;
  /** Folders that can hold messages, each with its count now. */
  folders(signal?: AbortSignal): Promise<readonly LiveFolder[]>;
  /** The messages of a folder in the order of their UIDs, each once, whatever happens to the connection. */
  headers(folder: string, signal?: AbortSignal): AsyncIterable<readonly LiveHeader[]>;
  /** One message again, to name it; null where it has gone. */
  header(folder: string, uid: number, signal?: AbortSignal): Promise<LiveHeader | null>;
  close(): Promise<void>;
}
