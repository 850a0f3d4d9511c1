import { decodeCharset } from '../charset/decode.ts';
import { decodeHeaderText } from '../encoded-word/decode.ts';
import type { FieldFaults } from './faults.ts';
import { trimBlanks, unfold } from './unfold.ts';

/** A parameter as it stands: `name*0*`, value unquoted but not decoded (a byte string). */
interface RawParameter {
  readonly name: string;
  readonly value: string;
}

/** A value with parameters: Content-Type or Content-Disposition. */
export interface ParameterizedValue {
  /** What stands before the first `;`, comments taken out, blanks trimmed, its own case; a byte string. */
  readonly value: string;
  /** By lower-case name, decoded (RFC 2231, RFC 2047, raw 8-bit). The first of a repeated name counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** More pieces than this are no file name (RFC 2231 §3 sets no bound). */
const MAX_PIECES = 10_000;

/** Reads `value; name=value…` (RFC 2045 §5.1) with everything senders get wrong about it. `raw` is a byte string. */
export function readParameterized(raw: string, faults: FieldFaults, hint: string | null): ParameterizedValue {
  const reader = new ParameterReader(trimBlanks(raw));
  const value = reader.readValue();
  return { value, parameters: decodeParameters(reader.readParameters(), faults, hint) };
}

class ParameterReader {
  private readonly text: string;
  private at = 0;
  private commentsEnd = true;

  constructor(text: string) {
    this.text = text;
  }

  /** The value before the parameters. A fold before `name=` stands for the semicolon somebody forgot. */
  readValue(): string {
    const pieces: string[] = [];
    let start = this.at;
    while (this.at < this.text.length) {
      const character = this.text[this.at];
      if (character === ';') break;
      if (character === '(' && this.skipComment(() => pieces.push(this.text.slice(start, this.at)))) {
        start = this.at;
        continue;
      }
      if (pieces.length + this.at > start && isBlankAt(this.text, this.at) && this.parameterFollows(this.at)) break;
      this.at++;
    }
    pieces.push(this.text.slice(start, this.at));
    return trimBlanks(unfold(pieces.join(' ')));
  }

  readParameters(): RawParameter[] {
    const found: RawParameter[] = [];
    const { text } = this;
    while (this.at < text.length) {
      const character = text[this.at];
      if (character === ';' || isBlankAt(text, this.at)) {
        this.at++;
        continue;
      }
      if (character === '(' && this.skipComment(() => undefined)) continue;
      const name = this.readName();
      if (text[this.at] !== '=') continue;
      this.at++;
      while (isBlankAt(text, this.at)) this.at++;
      const value = text[this.at] === '"' ? this.readQuoted() : this.readToken(/^(?:file)?name\*?/i.test(name));
      if (name !== '' && value !== '') found.push({ name, value });
    }
    return found;
  }

  private readName(): string {
    const start = this.at;
    while (this.at < this.text.length && this.text[this.at] !== '=' && this.text[this.at] !== ';') this.at++;
    return this.text.slice(start, this.at).replace(/\s+/g, '');
  }

  /** A quoted string; its folds go, its escapes are undone. One that is never closed runs to the end. */
  private readQuoted(): string {
    const { text } = this;
    const pieces: string[] = [];
    let start = ++this.at;
    while (this.at < text.length && text[this.at] !== '"') {
      // `\` quotes what is no letter or digit; before these it is the one Windows paths are full of.
      if (text[this.at] === '\\' && /[^A-Za-z0-9\r\n]/.test(text[this.at + 1] ?? 'A')) {
        pieces.push(text.slice(start, this.at));
        start = this.at + 1;
        this.at++;
      }
      this.at++;
    }
    pieces.push(text.slice(start, this.at));
    this.at++;
    return unfold(pieces.join(''));
  }

  /** An unquoted value. File names are taken up to the semicolon, blanks and parentheses included. */
  private readToken(isName: boolean): string {
    const { text } = this;
    const start = this.at;
    while (this.at < text.length && text[this.at] !== ';') {
      if (isBlankAt(text, this.at) && (isName ? this.parameterFollows(this.at) : !this.wordContinues(start))) break;
      if (!isName && text[this.at] === '(') break;
      this.at++;
    }
    return trimBlanks(unfold(text.slice(start, this.at)));
  }

  /** Whether the blank at hand lies within an encoded word, or between two. */
  private wordContinues(start: number): boolean {
    if (!this.text.startsWith('=?', start)) return false;
    let next = this.at;
    while (isBlankAt(this.text, next)) next++;
    return this.text.startsWith('=?', next);
  }

  /** Whether `name=` stands behind the blanks at `from`. The name's length is bounded, so that this stays linear. */
  private parameterFollows(from: number): boolean {
    let at = from;
    while (isBlankAt(this.text, at)) at++;
    const start = at;
    while (at < this.text.length && at - start < 40 && /[A-Za-z0-9*_-]/.test(this.text[at] ?? '')) at++;
    return (
      at > start && this.text[at] === '=' && !this.text.startsWith('=?', at) && !this.text.startsWith('?=', at - 1)
    );
  }

  /** Passes over a comment; false, and nothing passed, where it is never closed. */
  private skipComment(before: () => void): boolean {
    if (!this.commentsEnd) return false;
    let depth = 0;
    for (let at = this.at; at < this.text.length; at++) {
      const character = this.text[at];
      if (character === '\\') at++;
      else if (character === '(') depth++;
      else if (character === ')' && --depth === 0) {
        before();
        this.at = at + 1;
        return true;
      }
    }
    // Looking again from each of a thousand open parentheses would be quadratic.
    this.commentsEnd = false;
    return false;
  }
}

function isBlankAt(text: string, at: number): boolean {
  const character = text[at];
  return character === ' ' || character === '\t' || character === '\r' || character === '\n';
}

interface Piece {
  readonly index: number;
  readonly value: string;
  readonly extended: boolean;
}

function decodeParameters(raw: readonly RawParameter[], faults: FieldFaults, hint: string | null): Map<string, string> {
  const plain = new Map<string, string>();
  const pieces = new Map<string, Piece[]>();
  for (const { name: written, value } of raw) {
    const name = decodeHeaderText(written, faults, hint).toLowerCase();
    const star = name.indexOf('*');
    if (star < 0) {
      if (!plain.has(name)) plain.set(name, decodeHeaderText(value, faults, hint));
      continue;
    }
    const parsed = /^\*(?:(\d{1,9})(\*)?)?$/.exec(name.slice(star));
    const key = name.slice(0, star);
    if (parsed === null || key === '') continue;
    const list = pieces.get(key) ?? [];
    pieces.set(key, list);
    const extended = parsed[1] === undefined || parsed[2] !== undefined;
    if (list.length < MAX_PIECES) list.push({ index: Number(parsed[1] ?? '0'), value, extended });
  }
  // An extended value says the charset, a plain one beside it is for readers that know no RFC 2231.
  for (const [name, list] of pieces) plain.set(name, joinPieces(list, faults, hint));
  return plain;
}

/** Puts RFC 2231 §3-4 pieces together in the order of their numbers, and decodes them as one. */
function joinPieces(list: readonly Piece[], faults: FieldFaults, hint: string | null): string {
  const sorted = list.toSorted((left, right) => left.index - right.index);
  let charset: string | null = null;
  const octets: Buffer[] = [];
  for (const [place, piece] of sorted.entries()) {
    let { value } = piece;
    if (piece.extended) {
      const quote = value.indexOf("'");
      const second = quote < 0 ? -1 : value.indexOf("'", quote + 1);
      if (place === 0 && second >= 0) {
        charset = value.slice(0, quote);
        value = value.slice(second + 1);
      } else if (place > 0 && charset !== null && charset !== '' && value.startsWith(`${charset}'`)) {
        value = value.slice(charset.length + 1); // some senders repeat the charset in every piece
      }
      octets.push(percentDecoded(value));
    } else octets.push(Buffer.from(value, 'latin1'));
  }
  const joined = Buffer.concat(octets);
  if (charset === null) return decodeHeaderText(joined.toString('latin1'), faults, hint);
  const { text, defect } = decodeCharset(joined, charset, hint);
  if (defect !== null && charset !== '') faults.add(defect.code, defect.message);
  return text;
}

function percentDecoded(value: string): Buffer {
  const octets = Buffer.from(value, 'latin1');
  let to = 0;
  for (let at = 0; at < octets.length; at++) {
    const digits = octets[at] === 0x25 ? value.slice(at + 1, at + 3) : '';
    if (/^[0-9A-Fa-f]{2}$/.test(digits)) {
      octets[to++] = Number.parseInt(digits, 16);
      at += 2;
    } else octets[to++] = octets[at] ?? 0;
  }
  return octets.subarray(0, to);
}
