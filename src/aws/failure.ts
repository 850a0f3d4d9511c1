import { systemErrorCode } from './network-errors.ts';

/** What an SDK error tells, read once. Strings are cut: a service's text is data, and may be of any length. */
export interface Failure {
  /** `NoSuchKey`, `KMS.DisabledException`, `ECONNRESET`; empty where the error has no name of its own. */
  readonly code: string;
  readonly status: number | null;
  readonly message: string;
  readonly requestId: string | null;
  /** The ARN of who was refused, where the text names it. */
  readonly principal: string | null;
  /** `kms:Decrypt`, `s3:GetObject`, where the text names it. */
  readonly action: string | null;
  /** The ARN of what it was refused on, where the text names it. */
  readonly resource: string | null;
  /** The KMS key's ARN, where the text names one. */
  readonly keyArn: string | null;
}

const MESSAGE_LIMIT = 2_000;

/** Reads an error of the SDK, of Node's sockets, or anything else that was thrown. */
export function readFailure(error: unknown): Failure {
  const message = oneLine(error instanceof Error ? error.message : String(error));
  const metadata = property(error, '$metadata');
  const status = property(metadata, 'httpStatusCode');
  const requestId = property(metadata, 'requestId');
  const refusal = /User: (\S{1,400}) is not authorized to perform: (\S{1,200})/.exec(message);
  const resource = /on (?:the )?resource:? (arn:\S{1,400})/.exec(message);
  const key = /arn:aws[a-z-]{0,20}:kms:[^\s:]{0,40}:[^\s:]{0,20}:(?:key|alias)\/[A-Za-z0-9/_-]{1,256}/.exec(message);
  return {
    code: systemErrorCode(error) ?? codeOf(error),
    status: typeof status === 'number' ? status : null,
    message,
    requestId: typeof requestId === 'string' ? requestId : null,
    principal: refusal?.[1] ?? null,
    action: refusal?.[2] ?? null,
    resource: resource?.[1] ?? null,
    keyArn: key?.[0] ?? null,
  };
}

/** Where a proxy answers in HTML, the SDK appends a hint for programmers to what the parser said. */
function oneLine(message: string): string {
  const [said = ''] = message.slice(0, MESSAGE_LIMIT).split('Deserialization error: to see the raw response');
  return said.replace(/\s+/g, ' ').trim();
}

/** `name` is the service's code in the SDK; `Code` where a body was read without a modelled error. */
function codeOf(error: unknown): string {
  const own = property(error, 'Code');
  if (typeof own === 'string' && own !== '') return own;
  const name = error instanceof Error ? error.name : '';
  return name === 'Error' || name === 'TypeError' ? '' : name;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
