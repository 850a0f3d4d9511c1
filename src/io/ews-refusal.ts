import { MailproofError } from '../model/index.ts';
import { child, childText, descendants, type EwsElement, soapBody } from './ews-xml.ts';

const BUSY =
  /^Error(?:ServerBusy|InternalServerTransientError|TimeoutExpired|ConnectionFailed|MailboxStoreUnavailable|MailboxMoveInProgress|TooManyObjectsOpened|ExceededConnectionCount|ADUnavailable)$/;
const REFUSED =
  /^Error(?:AccessDenied|ImpersonateUserDenied|ImpersonationDenied|ImpersonationFailed|TokenSerializationDenied)$/;
const NO_MAILBOX = /^Error(?:NonExistentMailbox|InvalidSmtpAddress|NonPrimarySmtpAddress|MissingEmailAddress)$/;

/** An answer's code and words, whether they come as a SOAP fault or within a response. */
interface Said {
  readonly code: string;
  readonly message: string;
  readonly backoffMilliseconds: number;
}

function ofFault(fault: EwsElement): Pick<Said, 'code' | 'message'> {
  const detail = child(fault, 'detail');
  // Not every server sends the detail; the fault's own code is the same behind a prefix.
  const code = (detail && childText(detail, 'ResponseCode')) ?? childText(fault, 'faultcode')?.replace(/^.*:/, '');
  return { code: code ?? '', message: childText(fault, 'faultstring') ?? '' };
}

function ofResponses(body: EwsElement): Pick<Said, 'code' | 'message'> {
  const [messages] = descendants(body, 'ResponseMessages');
  // One for each folder that was asked for: what one of them refuses is its own matter, what all refuse is ours.
  const responses = messages?.children ?? [];
  const [first] = responses;
  const answered = responses.some((response) => childText(response, 'ResponseCode') === 'NoError');
  if (answered || first === undefined) return { code: answered ? 'NoError' : '', message: '' };
  return { code: childText(first, 'ResponseCode') ?? '', message: childText(first, 'MessageText') ?? '' };
}

function said(body: EwsElement): Said {
  const fault = child(body, 'Fault');
  const values = [...descendants(body, 'Value')];
  const wait = Number(values.find(({ attributes }) => attributes.get('Name') === 'BackOffMilliseconds')?.text.trim());
  const about = fault === null ? ofResponses(body) : ofFault(fault);
  return { ...about, backoffMilliseconds: Number.isFinite(wait) && wait > 0 ? wait : 0 };
}

/** What an answer refuses, and how long the server wants to be left alone; null where it answers. Throws TEMPORARY. */
export function ewsRefusal(
  status: number,
  xml: string,
  endpoint: string,
): { readonly error: MailproofError; readonly backoffMilliseconds: number } | null {
  const body = soapBody(xml);
  const { code, message, backoffMilliseconds } =
    body === null ? { code: '', message: '', backoffMilliseconds: 0 } : said(body);
  if (status === 200 && (code === 'NoError' || code === '')) return null;
  const why = `${code === '' ? `HTTP ${status}` : code}: ${message === '' ? 'no reason given' : message}`;
  return { error: errorOf(status, code, why, endpoint), backoffMilliseconds };
}

function errorOf(status: number, code: string, why: string, endpoint: string): MailproofError {
  if (BUSY.test(code) || status === 429 || (status >= 500 && code === '')) {
    return new MailproofError('TEMPORARY', `${endpoint} is busy (${why}).`, { advice: 'Run again later.' });
  }
  if (REFUSED.test(code) || status === 401 || status === 403) {
    return new MailproofError('ACCESS_DENIED', `${endpoint} refused (${why}).`, {
      advice:
        'A token of workmail:AssumeImpersonationRole lasts 15 minutes; the role needs read access to this mailbox.',
    });
  }
  if (NO_MAILBOX.test(code)) {
    return new MailproofError('ENTITY_NOT_FOUND', `${endpoint} knows no such mailbox (${why}).`, {
      advice: "Give the mailbox's primary address.",
    });
  }
  return new MailproofError('SOURCE_UNREADABLE', `${endpoint} cannot be read (${why}).`);
}
