import { MailproofError } from '../model/index.ts';

const REFUSED = /^(AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|PRIVACYREQUIRED|EXPIRED)$/i;
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;

const textOf = (error: unknown, name: string): string => {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' ? value : '';
};

/** RFC 5530: this user may not, and trying again changes nothing. */
const NO_RIGHTS = /^(NOPERM|CANNOT)$/i;

/** What the client threw, as a run error: refused for good, or worth another try. `folder` is the one that was opened. */
export function imapError(error: unknown, location: string, folder?: string): MailproofError {
  if (error instanceof MailproofError) return error;
  const said = textOf(error, 'responseText') || textOf(error, 'message') || 'no reason given';
  if (folder !== undefined && NO_RIGHTS.test(textOf(error, 'serverResponseCode'))) {
    return new MailproofError('ACCESS_DENIED', `${location} does not let the folder ${folder} be read: ${said}.`, {
      cause: error,
      advice: 'Ask as the owner of the mailbox, or as somebody with the right to read every folder.',
    });
  }
  const isRefused =
    Reflect.get(Object(error), 'authenticationFailed') === true || REFUSED.test(textOf(error, 'serverResponseCode'));
  if (isRefused) {
    return new MailproofError('ACCESS_DENIED', `${location} refused the login: ${said}.`, {
      cause: error,
      advice: 'Check the user name and MAILPROOF_IMAP_PASSWORD; WorkMail takes the full address as the user name.',
    });
  }
  if (CERTIFICATE.test(textOf(error, 'code'))) {
    return new MailproofError('ACCESS_DENIED', `The certificate of ${location} is not trusted: ${said}.`, {
      cause: error,
      advice: 'Check the host name; give a private authority to Node.js with NODE_EXTRA_CA_CERTS.',
    });
  }
  const code = textOf(error, 'code');
  const what = folder === undefined ? location : `The folder ${folder} of ${location}`;
  return new MailproofError('TEMPORARY', `${what} could not be read: ${said}${code === '' ? '' : ` (${code})`}.`, {
    cause: error,
    advice: 'Run again: a mailbox under load drops connections.',
  });
}
