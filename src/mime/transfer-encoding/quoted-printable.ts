import type { Emit, EncodingDefect, TransferDecoder } from './decoder.ts';

const OUT = 65_536;
const out = Buffer.allocUnsafeSlow(OUT + 8);

/** Blanks held back until it is known whether they end a line; a longer run is let through, so that it costs no memory. */
const MAX_BLANKS = 65_536;

const HEX = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  const character = digit.toString(16);
  HEX[character.charCodeAt(0)] = digit;
  HEX[character.toUpperCase().charCodeAt(0)] = digit;
}

/** What an octet may be to the copying loop. Line breaks are plain: nothing is to be done about them but before blanks. */
const PLAIN = 0;
const BLANK = 1;
const EQUALS = 2;
const BREAK = 3;
const KINDS = new Uint8Array(256);
KINDS[0x20] = KINDS[0x09] = BLANK;
KINDS[0x0a] = KINDS[0x0d] = BREAK;
KINDS[0x3d] = EQUALS;

const TEXT = 0;
/** After `=`. */
const ESCAPE = 1;
/** After `=` and one hexadecimal digit. */
const ESCAPE_DIGIT = 2;
/** After `=` and blanks: RFC 2045 §6.7 rule 3 lets transports pad a soft break. */
const SOFT_BLANK = 3;
/** After `=` CR: the LF, if it comes, still belongs to the soft break. */
const SOFT_RETURN = 4;

/**
 * Quoted-printable (RFC 2045 §6.7). Blanks at the end of a line are transport padding and go (rule 3); an `=` that
 * escapes nothing stays as it stands, with a defect. A CR without an LF is an octet of a careless encoder, blanks before it
 * included, unless `returnsEndLines` says that the lines of the message end so.
 */
export class QuotedPrintableDecoder implements TransferDecoder {
  defect: EncodingDefect | null = null;
  private readonly returnsEndLines: boolean;
  private state = TEXT;
  private digit = 0;
  /** Blanks, and CRs behind them: which go is told by what follows. */
  private blanks: number[] = [];
  private used = 0;
  /** CRs behind the one that ended a soft break. */
  private returns = 0;

  constructor(returnsEndLines = false) {
    this.returnsEndLines = returnsEndLines;
  }

  decode(input: Buffer, start: number, end: number, emit: Emit): void {
    let at = start;
    while (at < end) {
      if (this.used > OUT - 4) this.flush(emit);
      if (this.state === TEXT && this.blanks.length === 0) {
        at = this.copyPlain(input, at, Math.min(end, at + OUT - this.used));
        if (at >= end || this.used > OUT - 4) continue;
      }
      this.octet(input[at] ?? 0, emit);
      at++;
    }
    this.flush(emit);
  }

  finish(emit: Emit): void {
    if (this.state === ESCAPE_DIGIT) {
      this.fault();
      this.put(0x3d, emit);
      this.put(this.digit, emit);
    }
    this.putReturns(emit);
    // A CR among them that no LF followed is no line break.
    this.blanks.length = this.blanks.lastIndexOf(0x0d) + 1;
    this.putBlanks(emit);
    this.flush(emit);
  }

  private putReturns(emit: Emit): void {
    for (; this.returns > 0; this.returns--) this.put(0x0d, emit);
  }

  /** Copies text and whole escapes, up to what depends on the octets behind it. */
  private copyPlain(input: Buffer, start: number, end: number): number {
    let at = start;
    let to = this.used;
    while (at < end) {
      const octet = input[at] ?? 0;
      const kind = KINDS[octet];
      // A blank between two words needs no holding back; nor does a whole escape.
      if (kind === BLANK) {
        if (at + 1 >= end || KINDS[input[at + 1] ?? 0] !== PLAIN) break;
      } else if (kind === EQUALS) {
        const high = at + 2 < end ? HEX[input[at + 1] ?? 0] : -1;
        const low = at + 2 < end ? HEX[input[at + 2] ?? 0] : -1;
        if (high === undefined || low === undefined || high < 0 || low < 0) break;
        out[to++] = high * 16 + low;
        at += 3;
        continue;
      }
      out[to++] = octet;
      at++;
    }
    this.used = to;
    return at;
  }

  private octet(octet: number, emit: Emit): void {
    switch (this.state) {
      case ESCAPE:
        if (octet === 0x0a) this.state = TEXT;
        else if (octet === 0x0d) this.state = SOFT_RETURN;
        else if (octet === 0x20 || octet === 0x09) {
          this.state = SOFT_BLANK;
          this.blanks.push(octet);
        } else if ((HEX[octet] ?? -1) >= 0) {
          this.state = ESCAPE_DIGIT;
          this.digit = octet;
        } else this.literal(octet, emit);
        return;
      case ESCAPE_DIGIT: {
        const low = HEX[octet] ?? -1;
        if (low >= 0) {
          this.put((HEX[this.digit] ?? 0) * 16 + low, emit);
          this.state = TEXT;
          return;
        }
        this.fault();
        this.put(0x3d, emit);
        this.put(this.digit, emit);
        this.state = TEXT;
        this.octet(octet, emit);
        return;
      }
      case SOFT_BLANK:
        if (octet === 0x0a || octet === 0x0d) {
          this.blanks.length = 0;
          this.state = octet === 0x0a ? TEXT : SOFT_RETURN;
        } else if ((octet === 0x20 || octet === 0x09) && this.blanks.length < MAX_BLANKS) this.blanks.push(octet);
        else this.literal(octet, emit);
        return;
      case SOFT_RETURN:
        if (octet === 0x0d) {
          this.returns++;
          return;
        }
        this.state = TEXT;
        if (octet !== 0x0a) {
          // Without an LF it is a soft break only where lines end in CR.
          if (!this.returnsEndLines) {
            this.fault();
            this.put(0x3d, emit);
            this.put(0x0d, emit);
          }
          this.putReturns(emit);
        }
        // CR CR LF is one line break; CR CR before anything else is a soft break and an empty line.
        this.returns = 0;
        if (octet !== 0x0a) this.octet(octet, emit);
        return;
      default:
        this.text(octet, emit);
    }
  }

  private text(octet: number, emit: Emit): void {
    if (octet === 0x20 || octet === 0x09) {
      if (this.blanks.length >= MAX_BLANKS) this.putBlanks(emit);
      this.blanks.push(octet);
    } else if (octet === 0x0d && !this.returnsEndLines && this.blanks.length > 0) {
      if (this.blanks.length >= MAX_BLANKS) this.putBlanks(emit);
      this.blanks.push(octet);
    } else if (octet === 0x0a || octet === 0x0d) {
      this.dropPadding();
      this.putBlanks(emit);
      this.put(octet, emit);
    } else {
      this.putBlanks(emit);
      if (octet === 0x3d) this.state = ESCAPE;
      else this.put(octet, emit);
    }
  }

  /** An `=` that begins neither an escape nor a soft break, and what stands behind it. */
  private literal(octet: number, emit: Emit): void {
    this.fault();
    this.put(0x3d, emit);
    this.state = TEXT;
    this.text(octet, emit);
  }

  /** Of the octets held back, takes out the last blanks: CRs behind them belong to the line break that has come. */
  private dropPadding(): void {
    const { blanks } = this;
    let returns = blanks.length;
    while (returns > 0 && blanks[returns - 1] === 0x0d) returns--;
    let kept = returns;
    while (kept > 0 && blanks[kept - 1] !== 0x0d) kept--;
    if (returns > kept) blanks.splice(kept, returns - kept);
  }

  private putBlanks(emit: Emit): void {
    for (const blank of this.blanks) this.put(blank, emit);
    this.blanks.length = 0;
  }

  private put(octet: number, emit: Emit): void {
    if (this.used >= OUT) this.flush(emit);
    out[this.used++] = octet;
  }

  private flush(emit: Emit): void {
    if (this.used > 0) emit(out.subarray(0, this.used));
    this.used = 0;
  }

  private fault(): void {
    this.defect ??= {
      code: 'QUOTED_PRINTABLE_MALFORMED',
      message: 'The quoted-printable text holds an "=" that escapes nothing.',
    };
  }
}
