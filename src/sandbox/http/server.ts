import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../../model/index.ts';
import { type Fault, Faults, type RequestSummary } from './fault.ts';
import { readRequest, type SandboxRequest } from './request.ts';
import { RequestLog } from './request-log.ts';
import { type SandboxResponse, sendResponse } from './response.ts';

/** A service's share of the server: which request it is, how it is done, how a refusal is written. */
export interface Handler {
  summarize(request: SandboxRequest): RequestSummary;
  handle(request: SandboxRequest, summary: RequestSummary): Promise<SandboxResponse>;
  /** The answer to an error `handle` threw. */
  refuse(error: unknown, request: SandboxRequest, summary: RequestSummary): SandboxResponse;
  /** The answer a fault asks for. */
  fail(fault: Fault, request: SandboxRequest, summary: RequestSummary): SandboxResponse;
}

/** One HTTP server on 127.0.0.1 with faults and a log. */
export class SandboxServer {
  readonly faults = new Faults();
  readonly log = new RequestLog();
  readonly #server: Server;
  readonly #handler: Handler;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #busy = new Set<Promise<void>>();
  #requests = 0;

  constructor(handler: Handler, clock: Clock) {
    this.#handler = handler;
    this.#clock = clock;
    // No time limits of its own: a slow reader of a large object is what the sandbox is for.
    this.#server = createServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 30_000 });
    this.#server.on('request', (message, out) => this.#accept(message, out, false));
    this.#server.on('checkContinue', (message, out) => this.#accept(message, out, true));
  }

  /** Listens; gives the port. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Cuts every connection and waits until nothing is under way. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the sandbox was closed'));
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeAllConnections();
    await Promise.all(this.#busy);
    await closed;
  }

  #accept(message: IncomingMessage, out: ServerResponse, asksToContinue: boolean): void {
    out.on('error', () => undefined);
    const work = this.#answer(message, out, asksToContinue)
      .catch(() => {
        // Half an answer can only be cut: the client sees a broken connection, as it would of AWS.
        out.destroy();
      })
      .finally(() => this.#busy.delete(work));
    this.#busy.add(work);
  }

  async #answer(message: IncomingMessage, out: ServerResponse, asksToContinue: boolean): Promise<void> {
    this.#requests += 1;
    const id = this.#requests.toString(16).toUpperCase().padStart(16, '0');
    const request = readRequest(message, id, () => {
      if (asksToContinue) out.writeContinue();
    });
    const summary = this.#handler.summarize(request);
    const logged = this.log.add(summary, this.#clock.now());
    const fault = this.faults.take(summary);
    if (fault?.delay !== undefined) await this.#clock.sleep(fault.delay, this.#closing.signal);
    await fault?.before?.();
    if (fault?.reset === true) {
      out.destroy();
      return;
    }
    const response = await this.#respond(request, summary, fault);
    logged.status = response.status;
    const headers: Record<string, string> = {
      server: 'mailproof-sandbox',
      'x-amz-request-id': id,
      ...response.headers,
    };
    // What was not read of the request cannot be told from the next one: the connection must end with the answer.
    if (!message.complete && (asksToContinue || response.status >= 300)) headers['connection'] = 'close';
    const body = request.method === 'HEAD' ? null : response.body;
    await sendResponse(out, { ...response, headers, body }, fault, this.#clock, this.#closing.signal);
  }

  async #respond(request: SandboxRequest, summary: RequestSummary, fault: Fault | null): Promise<SandboxResponse> {
    try {
      if (fault?.status !== undefined) return this.#handler.fail(fault, request, summary);
      return await this.#handler.handle(request, summary);
    } catch (error) {
      return this.#handler.refuse(error, request, summary);
    }
  }
}
