import { findUuencoded } from '../embedded/uuencode/index.ts';
import type { MimeLimits } from '../limits.ts';
import type { Part } from '../structure/part.ts';
import { transferDecoder } from '../transfer-encoding/choose.ts';
import type { Emit, EncodingDefect, TransferDecoder } from '../transfer-encoding/decoder.ts';
import { decodeWhole, Pieces } from '../transfer-encoding/whole.ts';

/** What the bodies of a message are read by. */
export interface BodyOptions {
  readonly limits: MimeLimits;
  /** Whether the lines of the message end in bare CR. */
  readonly returnsEndLines: boolean;
}

/** The decoder of a part's body. */
export function decoderOf(part: Part, { limits, returnsEndLines }: BodyOptions): TransferDecoder {
  if (part.encoding === 'uuencode') return new UuencodeDecoder(limits.maxEmbeddedBytes);
  return transferDecoder(part.encoding, returnsEndLines);
}

/** The decoded octets of a part of a message that is wholly at hand. */
export function decodePart(message: Buffer, part: Part, options: BodyOptions): Buffer {
  if (part.encoding === 'identity' || part.encoding === 'unknown')
    return message.subarray(part.bodyStart, part.bodyEnd);
  return decodeWhole(decoderOf(part, options), message, part.bodyStart, part.bodyEnd);
}

/** A body whose transfer encoding is said to be uuencode: its file, or the octets as they are where there is none. */
class UuencodeDecoder implements TransferDecoder {
  defect: EncodingDefect | null = null;
  private pieces = new Pieces();
  private readonly maxBytes: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  decode(input: Buffer, start: number, end: number, emit: Emit): void {
    if (end <= start) return;
    if (this.pieces.length + end - start <= this.maxBytes && this.defect === null) {
      this.pieces.add(input.subarray(start, end));
      return;
    }
    this.defect ??= {
      code: 'LIMIT_REACHED',
      message: `uuencoded text longer than maxEmbeddedBytes (${this.maxBytes}): not decoded.`,
    };
    if (this.pieces.length > 0) emit(this.pieces.join());
    this.pieces = new Pieces();
    emit(input.subarray(start, end));
  }

  finish(emit: Emit): void {
    if (this.defect !== null) return;
    const body = this.pieces.join();
    const file = findUuencoded(body)[0];
    if (file === undefined) {
      this.defect = { code: 'TRANSFER_ENCODING_UNKNOWN', message: 'The body is said to be uuencoded and is not.' };
      if (body.length > 0) emit(body);
      return;
    }
    const first = file.issues[0];
    if (first !== undefined) this.defect = { code: first.code, message: first.message };
    if (file.bytes.length > 0) emit(Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength));
  }
}
