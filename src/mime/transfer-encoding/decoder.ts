import type { IssueCode } from '../../model/index.ts';

/** Takes decoded octets. They lie in a buffer that is used again: whoever keeps them copies them. */
export type Emit = (octets: Buffer) => void;

/** What was wrong with an encoded body, once, however often it occurs. */
export interface EncodingDefect {
  readonly code: IssueCode;
  readonly message: string;
}

/**
 * Undoes a Content-Transfer-Encoding piece by piece. How the input is cut never shows in what comes out:
 * what is unfinished at the end of a piece is carried to the next.
 */
export interface TransferDecoder {
  decode(input: Buffer, start: number, end: number, emit: Emit): void;
  finish(emit: Emit): void;
  /** Null while the input is as RFC 2045 wants it. */
  readonly defect: EncodingDefect | null;
}

/** `7bit`, `8bit` and `binary`: the octets as they are. */
export class IdentityDecoder implements TransferDecoder {
  readonly defect = null;

  decode(input: Buffer, start: number, end: number, emit: Emit): void {
    if (end > start) emit(input.subarray(start, end));
  }

  finish(): void {}
}
