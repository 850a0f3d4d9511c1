import { Buffer } from 'node:buffer';
import { asBuffer } from '../octets.ts';

/** Octets read forward once, with as much looked ahead as asked for. Whoever asks bounds the memory. */
export class OctetFeed {
  /** The octet that `take` gives next. */
  position = 0;
  private readonly input: AsyncIterator<Uint8Array>;
  private held: Buffer = Buffer.alloc(0);
  private ended = false;

  constructor(input: AsyncIterable<Uint8Array>) {
    this.input = input[Symbol.asyncIterator]();
  }

  /** At least so many octets without taking them, and whatever else is held; fewer only at the end. */
  async peek(minimum: number): Promise<Buffer> {
    if (this.held.length >= minimum || this.ended) return this.held;
    const parts: Buffer[] = [this.held];
    let length = this.held.length;
    while (length < minimum) {
      const next = await this.input.next();
      if (next.done === true) {
        this.ended = true;
        break;
      }
      parts.push(asBuffer(next.value));
      length += next.value.length;
    }
    this.held = parts.length === 1 ? this.held : Buffer.concat(parts, length);
    return this.held;
  }

  /** So many octets, fewer only at the end. */
  async take(length: number): Promise<Buffer> {
    const octets = (await this.peek(length)).subarray(0, length);
    this.held = this.held.subarray(octets.length);
    this.position += octets.length;
    return octets;
  }

  /** So many octets in pieces of at most `chunkBytes`, for what is too large to hold. */
  async *stream(length: number, chunkBytes: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0; ) {
      const available = (await this.peek(1)).length;
      if (available === 0) return;
      const chunk = await this.take(Math.min(left, available, chunkBytes));
      left -= chunk.length;
      yield chunk;
    }
  }

  /** Lets go of the input. */
  async close(): Promise<void> {
    this.ended = true;
    await this.input.return?.();
  }
}
