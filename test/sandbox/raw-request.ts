import { request as httpRequest } from 'node:http';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { hmac, sha256Hex, signingKey } from '../../src/sandbox/signature/canonical.ts';
import { gather } from './clients.ts';

/** A request as another client might send it, signed in its header or not. */
export function raw(
  sandbox: Sandbox,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body: Iterable<string | Buffer> = [],
  sign = true,
) {
  return new Promise<{ status: number; text: string; continued: boolean }>((resolve, reject) => {
    const all: Record<string, string> = { host: `127.0.0.1:${sandbox.port}`, ...headers };
    if (sign) {
      const service = headers['content-type']?.startsWith('application/x-www') === true ? 'sts' : 's3';
      Object.assign(all, signature(sandbox, method, path, all, service));
    }
    let continued = false;
    const out = httpRequest({ host: '127.0.0.1', port: sandbox.port, method, path, headers: all }, (answer) => {
      gather(answer).then(
        (octet) => resolve({ status: answer.statusCode ?? 0, text: octet.toString(), continued }),
        reject,
      );
    });
    out.on('error', reject);
    const send = () => {
      for (const piece of body) out.write(piece);
      out.end();
    };
    if (headers['expect'] === undefined) send();
    else {
      out.on('continue', () => {
        continued = true;
        send();
      });
      out.flushHeaders();
    }
  });
}

export function signature(
  sandbox: Sandbox,
  method: string,
  path: string,
  headers: Record<string, string>,
  service: string,
): Record<string, string> {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/us-east-1/${service}/aws4_request`;
  const payload = headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD';
  const [target = '', query = ''] = path.split('?', 2);
  const canonical = [
    method,
    target,
    query,
    `host:${headers['host']}`,
    `x-amz-content-sha256:${payload}`,
    `x-amz-date:${time}`,
    '',
    'host;x-amz-content-sha256;x-amz-date',
    payload,
  ];
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256Hex(canonical.join('\n'))].join('\n');
  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const signed = hmac(signingKey(secretAccessKey, time.slice(0, 8), 'us-east-1', service), text).toString('hex');
  return {
    'x-amz-date': time,
    'x-amz-content-sha256': payload,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signed}`,
  };
}
