import type { IncomingMessage } from 'node:http';

/** One request as the services see it: nothing decoded that a signature covers. */
export interface SandboxRequest {
  readonly id: string;
  readonly method: string;
  readonly host: string;
  /** As sent, percent-encoding kept. */
  readonly rawPath: string;
  /** As sent, without the question mark. */
  readonly rawQuery: string;
  /** Decoded. */
  readonly query: ReadonlyMap<string, string>;
  readonly header: (name: string) => string | undefined;
  /** Lower-case names with their values. */
  readonly headers: ReadonlyMap<string, string>;
  /** Reading it begins the upload: a client that asked `Expect: 100-continue` is told to go on only then. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Decodes percent-encoding; null where it is malformed. */
export function decodePercent(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** A query's names and values, decoded; `+` is a space, as S3 reads it. Malformed pairs are kept as sent. */
export function readQuery(rawQuery: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const pair of rawQuery.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const value = equals < 0 ? '' : pair.slice(equals + 1).replaceAll('+', ' ');
    query.set(decodePercent(name) ?? name, decodePercent(value) ?? value);
  }
  return query;
}

/** Makes a request of what node:http received. */
export function readRequest(message: IncomingMessage, id: string, beforeBody: () => void): SandboxRequest {
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  const rawQuery = mark < 0 ? '' : url.slice(mark + 1);
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(',') : value);
  }
  return {
    id,
    method: message.method ?? 'GET',
    host: headers.get('host') ?? '',
    rawPath: mark < 0 ? url : url.slice(0, mark),
    rawQuery,
    query: readQuery(rawQuery),
    headers,
    header: (name) => headers.get(name),
    body: {
      [Symbol.asyncIterator]() {
        beforeBody();
        const chunks: AsyncIterable<Uint8Array> = message;
        return chunks[Symbol.asyncIterator]();
      },
    },
  };
}

/** A body whole, up to `limit` octets; null when it is longer. */
export async function collectBody(body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
