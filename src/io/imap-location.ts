import { MailproofError } from '../model/index.ts';

/** An IMAP server and who asks. */
export interface ImapLocation {
  readonly host: string;
  readonly port: number;
  /** TLS from the first octet; otherwise STARTTLS is demanded, except on loopback. */
  readonly secure: boolean;
  readonly user: string;
}

/**
 * Reads `imaps://user@host`, `imap://user@host:143`. A user name may be an address, with `@` as it is or as `%40`.
 * Throws USAGE. A password in it is refused: addresses end in shell histories and custody records.
 */
export function parseImapLocation(text: string): ImapLocation {
  const match = /^(imaps?):\/\/(?:(.*)@)?(\[[0-9a-f:.]+\]|[^/@:[\]]+)(?::(\d{1,5}))?\/?$/i.exec(text);
  const [, scheme = '', user = '', host = '', port] = match ?? [];
  if (match === null) {
    throw new MailproofError('USAGE', `${text} is no IMAP address: imaps://user@host was expected.`);
  }
  if (user.includes(':')) {
    throw new MailproofError('USAGE', 'An IMAP address must not carry a password.', {
      advice: 'Give the password in the environment variable MAILPROOF_IMAP_PASSWORD.',
    });
  }
  const secure = scheme.toLowerCase() === 'imaps';
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? (secure ? 993 : 143) : Number(port),
    secure,
    user: decoded(user),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether a host is this machine: the only place where a password may go unencrypted. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
