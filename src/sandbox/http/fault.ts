/** What the request log keeps, and what faults are matched against. */
export interface RequestSummary {
  readonly service: 's3' | 'kms' | 'workmail' | 'sts';
  /** The API's name: `GetObject`, `Decrypt`, `StartMailboxExportJob`. */
  readonly operation: string;
  readonly method: string;
  readonly bucket: string | null;
  readonly key: string | null;
  readonly range: string | null;
}

/** Something that goes wrong on purpose. Every field that is given takes effect, in the order they stand here. */
export interface Fault {
  readonly service?: RequestSummary['service'];
  readonly operation?: string;
  readonly key?: string;
  readonly when?: (request: RequestSummary) => boolean;
  /** Matching requests let through first. Default 0. */
  readonly skip?: number;
  /** How often it strikes. Default once; Infinity for always. */
  readonly times?: number;
  /** Milliseconds before anything is done. */
  readonly delay?: number;
  /** Runs before the request is handled, e.g. to replace the object that is about to be read. */
  readonly before?: () => void | Promise<void>;
  /** Close the connection without an answer. */
  readonly reset?: boolean;
  /** Answer this status instead, with `code` and `message` in the service's own form. */
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  /** Octets per second of the response's body. */
  readonly bytesPerSecond?: number;
  /** Invert the octet at this place of the response's body. */
  readonly alterBodyAt?: number;
  /** Close the connection after so many octets of the response's body. */
  readonly cutBodyAfter?: number;
  /** Fall silent after so many octets of the response's body, with the connection open. */
  readonly stallBodyAfter?: number;
  /** Runs after each piece of the body once `duringBodyAfter` octets (default 0) were sent. */
  readonly duringBody?: () => void | Promise<void>;
  readonly duringBodyAfter?: number;
}

interface Armed {
  readonly fault: Fault;
  skip: number;
  left: number;
}

/** The faults that are armed. The first that matches a request strikes; one a request. */
export class Faults {
  #armed: Armed[] = [];

  /** Arms a fault; the result disarms it. */
  add(fault: Fault): () => void {
    const armed = { fault, skip: fault.skip ?? 0, left: fault.times ?? 1 };
    this.#armed.push(armed);
    return () => {
      this.#armed = this.#armed.filter((other) => other !== armed);
    };
  }

  clear(): void {
    this.#armed = [];
  }

  /** The fault that strikes this request, counted down. */
  take(request: RequestSummary): Fault | null {
    for (const armed of this.#armed) {
      const { fault } = armed;
      if (armed.left <= 0) continue;
      if (fault.service !== undefined && fault.service !== request.service) continue;
      if (fault.operation !== undefined && fault.operation !== request.operation) continue;
      if (fault.key !== undefined && fault.key !== request.key) continue;
      if (fault.when?.(request) === false) continue;
      if (armed.skip > 0) {
        armed.skip -= 1;
        continue;
      }
      armed.left -= 1;
      return fault;
    }
    return null;
  }
}
