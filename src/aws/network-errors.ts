/**
 * Failures below HTTP. All are worth another try: a name that does not resolve and a refused connection are as often a
 * network that is coming up as a wrong address, and the advice says so.
 */
const SYSTEM_CODES: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPROTO',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_HTTP2_STREAM_ERROR',
  'UND_ERR_SOCKET',
]);

/** The names certificates that are not trusted go by. Trying again does not help. */
const CERTIFICATE_CODES: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Node's code of a socket, name-resolution, TLS or HTTP-syntax failure, looked for in `cause` too; null for others. */
export function systemErrorCode(error: unknown): string | null {
  let current = error;
  for (let depth = 0; depth < 4 && current instanceof Error; depth += 1) {
    const code: unknown = Reflect.get(current, 'code');
    if (typeof code === 'string' && (isNetworkCode(code) || CERTIFICATE_CODES.has(code))) return code;
    current = current.cause;
  }
  return null;
}

export function isNetworkCode(code: string): boolean {
  return SYSTEM_CODES.has(code) || code.startsWith('HPE_');
}

export function isCertificateCode(code: string): boolean {
  return CERTIFICATE_CODES.has(code);
}
