import type { Emit, TransferDecoder } from './decoder.ts';

/** Gathers copies of pieces that will be wanted together. */
export class Pieces {
  private readonly parts: Buffer[] = [];
  length = 0;

  readonly add: Emit = (octets) => {
    this.parts.push(Buffer.from(octets));
    this.length += octets.length;
  };

  join(): Buffer {
    return this.parts.length === 1 && this.parts[0] !== undefined ? this.parts[0] : Buffer.concat(this.parts);
  }
}

/** The decoded octets of a whole body. */
export function decodeWhole(decoder: TransferDecoder, input: Buffer, start: number, end: number): Buffer {
  const pieces = new Pieces();
  decoder.decode(input, start, end, pieces.add);
  decoder.finish(pieces.add);
  return pieces.join();
}
