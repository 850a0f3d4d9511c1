import type { FieldFaults } from './faults.ts';
import { decodeParameters, type RawParameter } from './parameter-values.ts';
import { trimBlanks, unfold } from './unfold.ts';

/** A value with parameters: Content-Type or Content-Disposition. */
export interface ParameterizedValue {
  /** What stands before the first `;`, comments taken out, blanks trimmed, its own case; a byte string. */
  readonly value: string;
  /** By lower-case name, decoded (RFC 2231, RFC 2047, raw 8-bit). The first of a repeated name counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

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
      if (!isBlankAt(this.text, this.at)) this.at++;
      else {
        const next = this.afterBlanks();
        if (pieces.length + this.at > start && this.parameterStands(next)) break;
        this.at = next;
      }
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
      this.skipBlanks();
      this.skipCommentBeforeQuote();
      const value = text[this.at] === '"' ? this.readQuoted() : this.readToken(/^(?:file)?name\*?/i.test(name));
      if (name !== '' && value !== '') found.push({ name, value });
    }
    return found;
  }

  private readName(): string {
    const start = this.at;
    while (this.at < this.text.length && this.text[this.at] !== '=' && this.text[this.at] !== ';') this.at++;
    return this.text
      .slice(start, this.at)
      .replace(/\([^()]*\)/g, '')
      .replace(/\s+/g, '');
  }

  private skipBlanks(): void {
    while (isBlankAt(this.text, this.at)) this.at++;
  }

  /** `name= (comment) "value"`. What stands in parentheses before anything else is the value: `name=(1).pdf`. */
  private skipCommentBeforeQuote(): void {
    const start = this.at;
    if (this.text[start] !== '(' || !this.skipComment(() => undefined)) return;
    this.skipBlanks();
    if (this.text[this.at] !== '"') this.at = start;
  }

  /** A quoted string; its folds go, its escapes are undone. One that is never closed runs to the end. */
  private readQuoted(): string {
    const { text } = this;
    const pieces: string[] = [];
    let start = ++this.at;
    while (this.at < text.length && text[this.at] !== '"') {
      // `\` quotes what is no letter or digit; before these it is the one Windows paths are full of.
      if (text[this.at] === '\\' && this.escapes()) {
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

  /** Whether the backslash at hand is none of a character's: in Shift_JIS, Big5 and GBK it ends many of two octets. */
  private escapes(): boolean {
    const next = this.text[this.at + 1] ?? 'A';
    if ((this.text.codePointAt(this.at - 1) ?? 0) >= 0x80) return next === '"' || next === '\\';
    return /[^A-Za-z0-9\r\n]/.test(next);
  }

  /** An unquoted value. File names are taken up to the semicolon, blanks and parentheses included. */
  private readToken(isName: boolean): string {
    const { text } = this;
    const start = this.at;
    while (this.at < text.length && text[this.at] !== ';') {
      if (isBlankAt(text, this.at)) {
        const next = this.afterBlanks();
        if (isName ? this.parameterStands(next) : !this.wordContinues(start, next)) break;
        this.at = next;
        continue;
      }
      if (!isName && text[this.at] === '(') break;
      this.at++;
    }
    return trimBlanks(unfold(text.slice(start, this.at)));
  }

  /** Where the blanks at hand end. All are passed at once: asking at each of a thousand what follows them would be quadratic. */
  private afterBlanks(): number {
    let next = this.at;
    while (isBlankAt(this.text, next)) next++;
    return next;
  }

  /** Whether blanks that end at `next` stand between two encoded words, of which one began at `start`. */
  private wordContinues(start: number, next: number): boolean {
    return this.text.startsWith('=?', start) && this.text.startsWith('=?', next);
  }

  /** Whether `name=` stands at `start`. The name's length is bounded, so that this stays linear. */
  private parameterStands(start: number): boolean {
    let at = start;
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
