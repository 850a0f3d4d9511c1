/** What an RTF document consists of, in order. Control symbols (`\~`) come as control words of one character. */
export interface RtfHandler {
  groupStart(): void;
  groupEnd(): void;
  control(word: string, parameter: number | null): void;
  /** `\'HH`. */
  escapedOctet(octet: number): void;
  octet(octet: number): void;
}

const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const APOSTROPHE = 0x27;
const HYPHEN = 0x2d;
/** The specification's longest control word has 32 letters; more is not one word we know. */
const WORD_LIMIT = 32;
const PARAMETER_DIGITS = 10;

/** Tokenizes RTF in one pass (the RTF 1.9 specification, «Conventions of an RTF reader»). Never fails: what is no control is text. */
export function readRtf(bytes: Uint8Array, handler: RtfHandler): void {
  let at = 0;
  while (at < bytes.length) {
    const octet = bytes[at] ?? 0;
    if (octet === BACKSLASH) at = readControl(bytes, at + 1, handler);
    else {
      at++;
      if (octet === OPEN) handler.groupStart();
      else if (octet === CLOSE) handler.groupEnd();
      else if (octet !== LINE_FEED && octet !== CARRIAGE_RETURN) handler.octet(octet);
    }
  }
}

/** Reads what follows a backslash at `at - 1`; returns where reading goes on. */
function readControl(bytes: Uint8Array, at: number, handler: RtfHandler): number {
  const first = bytes[at];
  if (first === undefined) return at;
  if (!isLetter(first)) return readSymbol(bytes, at, first, handler);
  let end = at;
  while (end < bytes.length && isLetter(bytes[end] ?? 0) && end - at < WORD_LIMIT) end++;
  let word = '';
  for (let index = at; index < end; index++) word += String.fromCharCode(bytes[index] ?? 0);
  const negative = bytes[end] === HYPHEN && isDigit(bytes[end + 1]);
  if (negative) end++;
  const digits = end;
  let value = 0;
  while (isDigit(bytes[end]) && end - digits < PARAMETER_DIGITS) value = value * 10 + (bytes[end++] ?? 0) - 0x30;
  const parameter = end === digits ? null : negative ? -value : value;
  if (bytes[end] === SPACE) end++;
  if (word === 'bin') return Math.min(bytes.length, end + Math.max(0, parameter ?? 0));
  handler.control(word, parameter);
  return end;
}

function readSymbol(bytes: Uint8Array, at: number, symbol: number, handler: RtfHandler): number {
  if (symbol === APOSTROPHE) {
    const value = hexValue(bytes[at + 1]) * 16 + hexValue(bytes[at + 2]);
    if (Number.isNaN(value)) return at + 1;
    handler.escapedOctet(value);
    return at + 3;
  }
  if (symbol === BACKSLASH || symbol === OPEN || symbol === CLOSE) handler.octet(symbol);
  // A backslash at a line's end is \par.
  else if (symbol === LINE_FEED || symbol === CARRIAGE_RETURN) handler.control('par', null);
  else handler.control(String.fromCharCode(symbol), null);
  return at + 1;
}

function isLetter(octet: number): boolean {
  return (octet | 0x20) >= 0x61 && (octet | 0x20) <= 0x7a;
}

function isDigit(octet: number | undefined): boolean {
  return octet !== undefined && octet >= 0x30 && octet <= 0x39;
}

function hexValue(octet: number | undefined): number {
  if (octet === undefined) return Number.NaN;
  if (isDigit(octet)) return octet - 0x30;
  const lower = octet | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : Number.NaN;
}
