import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../model/index.ts';
import type { Fault } from './fault.ts';

export interface SandboxResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null for none (HEAD, 204, 304). A stream must have its content-length among the headers. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
}

/** Sends a response with what a fault does to its body: cut, stalled, altered, slowed. */
export async function sendResponse(
  out: ServerResponse,
  response: SandboxResponse,
  fault: Fault | null,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const { body } = response;
  const headers: Record<string, string> = { ...response.headers };
  if (body instanceof Uint8Array) headers['content-length'] = String(body.length);
  else if (body === null && headers['content-length'] === undefined && response.status !== 204)
    headers['content-length'] = '0';
  out.writeHead(response.status, headers);
  if (body === null) {
    out.end();
    return;
  }
  let sent = 0;
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    if (out.destroyed) return;
    const cut = fault?.cutBodyAfter ?? fault?.stallBodyAfter;
    const piece = altered(cut === undefined ? chunk : chunk.subarray(0, Math.max(0, cut - sent)), sent, fault);
    if (piece.length > 0 && !out.write(piece)) await drained(out);
    sent += piece.length;
    if (fault?.duringBody !== undefined && sent >= (fault.duringBodyAfter ?? 0)) await fault.duringBody();
    if (fault?.bytesPerSecond !== undefined) await clock.sleep((piece.length * 1000) / fault.bytesPerSecond, signal);
    if (cut !== undefined && sent >= cut) {
      // Stalled: the socket stays open and silent until the client gives up or the sandbox closes.
      if (fault?.stallBodyAfter !== undefined) return;
      await flushed(out);
      out.destroy();
      return;
    }
  }
  out.end();
}

function altered(piece: Uint8Array, offset: number, fault: Fault | null): Uint8Array {
  const at = fault?.alterBodyAt;
  if (at === undefined || at < offset || at >= offset + piece.length) return piece;
  const copy = Uint8Array.from(piece);
  copy[at - offset] = (copy[at - offset] ?? 0) ^ 0xff;
  return copy;
}

/** Waits for room in the socket's buffer, or for its end: a client that went away must not leave a reader hanging. */
async function drained(out: ServerResponse): Promise<void> {
  if (out.destroyed) return;
  const stop = new AbortController();
  try {
    await Promise.race([once(out, 'drain', { signal: stop.signal }), once(out, 'close', { signal: stop.signal })]);
  } finally {
    stop.abort();
  }
}

/** Lets what was written reach the client before the connection is cut, so that a cut is where it was asked for. */
function flushed(out: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    out.write('', () => resolve());
  });
}
