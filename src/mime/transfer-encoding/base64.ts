import type { Emit, EncodingDefect, TransferDecoder } from './decoder.ts';

/** 800 lines of 76 characters and CRLF: pieces of this size stay in the processor's cache while they are digested. */
const PIECE = 62_400;
const scratch = Buffer.allocUnsafeSlow(PIECE);

const SKIP = 0x40;
const PAD = 0x41;
const JUNK = 0x42;
const VALUES = new Uint8Array(256).fill(JUNK);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let index = 0; index < 64; index++) VALUES[ALPHABET.charCodeAt(index)] = index;
for (const blank of [0x20, 0x09, 0x0a, 0x0d]) VALUES[blank] = SKIP;
VALUES[0x3d] = PAD;

/**
 * Base64 (RFC 2045 §6.8). Lines of one length go to the runtime's decoder, whose count of decoded octets proves that
 * nothing was skipped; anything else goes octet by octet through a decoder that loses nothing: characters outside the
 * alphabet are passed over, data after padding is read on, a missing end of padding is made up. Where padding is followed
 * by what is outside the alphabet, the text has ended: a mailing list wrote its footer there.
 */
export class Base64Decoder implements TransferDecoder {
  defect: EncodingDefect | null = null;
  private bits = 0;
  private held = 0;
  private padded = false;
  private ended = false;
  private atLineStart = true;

  decode(input: Buffer, start: number, end: number, emit: Emit): void {
    let at = start;
    while (at < end && !this.ended) {
      if (this.held === 0 && this.atLineStart) {
        const taken = this.decodeRegular(input, at, end, emit);
        at += taken;
        if (taken > 0) continue;
      }
      // One piece with the tolerant decoder, then the fast one is tried again at the next line.
      const stop = this.nextLine(input, at, Math.min(end, at + PIECE));
      this.decodeTolerant(input, at, stop, emit);
      at = stop;
    }
  }

  finish(emit: Emit): void {
    if (this.held === 0) return;
    if (!this.padded) this.fault('ends without its padding');
    const out = Buffer.from([(this.bits >> 16) & 255, (this.bits >> 8) & 255]);
    if (this.held === 2) out[0] = (this.bits >> 4) & 255;
    if (this.held === 3) out.writeUInt16BE((this.bits >> 2) & 0xffff, 0);
    if (this.held > 1) emit(out.subarray(0, this.held - 1));
    else this.fault('ends with a lone character');
    this.held = 0;
    this.bits = 0;
  }

  /** The end of a piece: just behind a line break where there is one, so that the fast decoder can take over. */
  private nextLine(input: Buffer, start: number, limit: number): number {
    const from = this.atLineStart ? Math.max(start, limit - 1024) : start;
    const line = input.indexOf(10, from);
    return line < 0 || line >= limit ? limit : line + 1;
  }

  /** Decodes whole lines of one length, and gives the octets it took: 0 when the input is not of that kind. */
  private decodeRegular(input: Buffer, start: number, end: number, emit: Emit): number {
    const line = input.indexOf(10, start);
    if (line < 0 || line >= end) return 0;
    const lineBreak = line > start && input[line - 1] === 13 ? 2 : 1;
    const width = line + 1 - start - lineBreak;
    if (width === 0 || width % 4 !== 0 || width > 8192) return 0;
    const stride = width + lineBreak;
    let at = start;
    while (end - at >= stride) {
      const lines = Math.min(Math.floor(PIECE / stride), Math.floor((end - at) / stride));
      const stop = at + lines * stride;
      if (!isRegular(input, at, stop, stride, lineBreak)) break;
      let text = input.toString('latin1', at, stop);
      // The runtime takes `-` and `_` for `+` and `/`, and stops at `=`: neither is what RFC 2045 says.
      if (text.includes('-') || text.includes('_')) break;
      const padding = text.indexOf('=');
      const whole = padding < 0 ? lines : Math.floor(padding / stride);
      if (whole === 0) break;
      if (whole < lines) text = text.slice(0, whole * stride);
      const written = scratch.write(text, 0, PIECE, 'base64');
      if (written !== whole * (width / 4) * 3) break;
      emit(scratch.subarray(0, written));
      at += whole * stride;
      if (whole < lines) break;
    }
    return at - start;
  }

  private decodeTolerant(input: Buffer, start: number, end: number, emit: Emit): void {
    let { bits, held, padded } = this;
    let out = 0;
    for (let at = start; at < end; at++) {
      const value = VALUES[input[at] ?? 0] ?? JUNK;
      if (value < 64) {
        if (padded) {
          // Two base64 texts one after the other: the second starts afresh, as its encoder did.
          this.fault('goes on after its padding');
          if (held > 1) {
            scratch[out++] = held === 2 ? (bits >> 4) & 255 : (bits >> 10) & 255;
            if (held === 3) scratch[out++] = (bits >> 2) & 255;
          }
          bits = held = 0;
          padded = false;
        }
        bits = (bits << 6) | value;
        if (++held === 4) {
          scratch[out] = bits >> 16;
          scratch[out + 1] = (bits >> 8) & 255;
          scratch[out + 2] = bits & 255;
          out += 3;
          bits = held = 0;
        }
      } else if (value === PAD) {
        if (held === 0 && !padded) this.fault('has padding where none belongs');
        padded = true;
      } else if (value === JUNK) {
        if (padded) {
          this.fault('is followed by something else');
          this.ended = true;
          break;
        }
        this.fault('holds characters outside its alphabet');
      }
    }
    this.bits = bits;
    this.held = held;
    this.padded = padded;
    this.atLineStart = input[end - 1] === 10;
    if (out > 0) emit(scratch.subarray(0, out));
  }

  private fault(what: string): void {
    this.defect ??= { code: 'BASE64_MALFORMED', message: `The base64 text ${what}.` };
  }
}

/**
 * Whether every line ends where it should. With that, as many decoded octets as the lines are wide prove that no character
 * was skipped; without it, one character too many in one line could hide behind one too few in another.
 */
function isRegular(input: Buffer, start: number, stop: number, stride: number, lineBreak: number): boolean {
  for (let end = start + stride; end <= stop; end += stride) {
    if (input[end - 1] !== 10 || (lineBreak === 2 && input[end - 2] !== 13)) return false;
  }
  return true;
}
