import { Buffer } from 'node:buffer';
import type { ByteSource } from '../model/index.ts';
import { LIMITS } from './limits.ts';
import { asBuffer } from './octets.ts';

/** Octets of a source at any place, one large block held at a time: for scanning in bounded memory. */
export class BlockReader {
  readonly limit: number;
  private readonly source: ByteSource;
  private readonly signal: AbortSignal | undefined;
  private readonly blockBytes: number;
  private start = 0;
  private block: Buffer = Buffer.alloc(0);

  /** @param limit the octet before which reading stops */
  constructor(source: ByteSource, limit: number, signal?: AbortSignal, blockBytes: number = LIMITS.scanBlockBytes) {
    this.source = source;
    this.limit = limit;
    this.signal = signal;
    this.blockBytes = blockBytes;
  }

  /** The octets from `position` to the end of the block: at least `minimum`, fewer only at the limit. */
  async at(position: number, minimum: number): Promise<Buffer> {
    if (position >= this.limit) return Buffer.alloc(0);
    const needed = Math.min(position + minimum, this.limit);
    if (position < this.start || needed > this.start + this.block.length) {
      const end = Math.min(this.limit, position + Math.max(minimum, this.blockBytes));
      this.block = asBuffer(await this.source.bytes(position, end, this.signal));
      this.start = position;
    }
    return this.block.subarray(position - this.start);
  }
}
