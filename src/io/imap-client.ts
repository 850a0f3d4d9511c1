import { ImapFlow } from 'imapflow';
import { type ImapLocation, isLoopback } from './imap-location.ts';

export interface ImapOptions extends ImapLocation {
  readonly password: string;
  /** A certificate authority of the server's own, PEM. */
  readonly authority?: string;
  /** Messages asked for at once. Halved each time the connection drops, down to 25. */
  readonly batch?: number;
  /** Waited between two requests, so that the mailbox stays usable for its owner. */
  readonly pauseMilliseconds?: number;
  /** Connections in a row that bring nothing before giving up. */
  readonly attempts?: number;
  readonly backoffMilliseconds?: number;
  /** A server that says nothing for so long is taken to have hung. */
  readonly timeoutMilliseconds?: number;
  /** Within 0..1. */
  readonly random?: () => number;
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

const TIMEOUT = 120_000;

/** A client of the server that is not connected yet. Nothing that it says is logged: passwords would be among it. */
export function imapClient(options: ImapOptions): ImapFlow {
  const { host, port, secure, user, password, authority, timeoutMilliseconds = TIMEOUT } = options;
  const client = new ImapFlow({
    host,
    port,
    secure,
    auth: { user, pass: password },
    logger: false,
    disableAutoIdle: true,
    socketTimeout: timeoutMilliseconds,
    ...(!secure && { doSTARTTLS: !isLoopback(host) }),
    ...(authority !== undefined && { tls: { ca: authority } }),
  });
  // Failures reach the request that waits; without a listener they would end the process as well.
  client.on('error', () => undefined);
  return client;
}
