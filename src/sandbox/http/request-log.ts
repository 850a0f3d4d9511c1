import type { RequestSummary } from './fault.ts';

export interface LoggedRequest extends RequestSummary {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Null until it was answered, or where the connection was cut instead. */
  status: number | null;
}

const KEPT = 10_000;

/** The latest requests, oldest first: what a test asks when it wants to know what a client did. */
export class RequestLog {
  #entries: LoggedRequest[] = [];

  add(summary: RequestSummary, time: number): LoggedRequest {
    // Halved rather than shifted one by one, which would be quadratic.
    if (this.#entries.length >= KEPT * 2) this.#entries = this.#entries.slice(-KEPT);
    const entry: LoggedRequest = { ...summary, time, status: null };
    this.#entries.push(entry);
    return entry;
  }

  get entries(): readonly LoggedRequest[] {
    return this.#entries.slice(-KEPT);
  }

  clear(): void {
    this.#entries = [];
  }
}
