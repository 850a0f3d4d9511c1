import { MailproofError } from '../model/index.ts';
import { type SigningCredentials, signedHeaders } from './signature.ts';

/** One try of one request. */
const REQUEST_MILLISECONDS = 10_000;
const LARGEST_ANSWER = 64 * 1024;

export interface PostRequest {
  /** For messages: `The verdict could not be published to SNS`. */
  readonly what: string;
  readonly url: URL;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Posts and returns the answer's text. Throws TEMPORARY where the network, 408, 429 or 5xx ask for another try, and
 * ACCESS_DENIED or PARAMETER_INVALID for what no retry helps. Redirects are refused: they would carry the body elsewhere.
 */
export async function post(request: PostRequest): Promise<string> {
  const { what, url, body, headers, signal } = request;
  const limit = AbortSignal.timeout(REQUEST_MILLISECONDS);
  let status: number;
  let text: string;
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers: { ...headers },
      redirect: 'error',
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    status = answer.status;
    text = (await answer.text()).slice(0, LARGEST_ANSWER);
  } catch (cause) {
    throw new MailproofError('TEMPORARY', `${what}: the connection failed.`, { cause });
  }
  if (status >= 200 && status < 300) return text;
  const code = errorCode(text);
  const details = { status, awsCode: code };
  if (status === 408 || status === 429 || status >= 500 || /throttl/i.test(code)) {
    throw new MailproofError('TEMPORARY', `${what}: the answer was ${status}.`, { details });
  }
  const denied = status === 401 || status === 403 || /AccessDenied|AuthorizationError/.test(code);
  throw new MailproofError(denied ? 'ACCESS_DENIED' : 'PARAMETER_INVALID', `${what}: the answer was ${status}.`, {
    details,
  });
}

/** The code in an error of AWS, JSON or XML; empty where there is none. */
export function errorCode(text: string): string {
  const json = /"__type"\s*:\s*"(?:[^"#]{0,200}#)?([A-Za-z]{1,100})"/.exec(text);
  return json?.[1] ?? /<Code>([A-Za-z.]{1,100})<\/Code>/.exec(text)?.[1] ?? '';
}

/** Who signs, and where: AWS's own chain, taken from a client that has resolved it. */
export interface Signer {
  readonly region: string;
  readonly credentials: SigningCredentials;
  /** `AWS_ENDPOINT_URL_<SERVICE>` or `AWS_ENDPOINT_URL`. */
  readonly endpoint: (service: string) => string | undefined;
  readonly now: () => number;
}

/**
 * Posts to an AWS service. The three requests the hook makes (Publish, PutEvents, StartExecution) are signed here rather
 * than by three more SDK clients: those would be in the Lambda runtime but in no container and no laptop, in versions of
 * the runtime's choosing, and could not be tested as they run.
 */
export async function postSigned(
  service: 'sns' | 'events' | 'states',
  request: Omit<PostRequest, 'url'>,
  signer: Signer,
): Promise<string> {
  const suffix = signer.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url = new URL(signer.endpoint(service) ?? `https://${service}.${signer.region}.${suffix}/`);
  const toSign = { url, service, region: signer.region, body: request.body, headers: request.headers };
  return post({ ...request, url, headers: signedHeaders(toSign, signer.credentials, signer.now()) });
}
