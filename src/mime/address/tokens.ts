/** What an address field is made of (RFC 5322 §3.2 and §3.4). Texts are byte strings. */
export type TokenKind = 'atom' | 'quoted' | 'comment' | 'angle' | ',' | ';' | ':';

export interface Token {
  readonly kind: TokenKind;
  /** Unquoted and without its delimiters, folds undone. */
  readonly text: string;
  /** Whether blanks stand before it. */
  readonly spaced: boolean;
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts an address field into tokens, from left to right and never back: every search for a closing delimiter that
 * fails is remembered, as repeating it from each of ten thousand open ones would be quadratic.
 */
export class AddressTokens {
  private readonly text: string;
  private at = 0;
  private quotesClose = true;
  private commentsNest = true;
  private readonly lastAngle: number;
  private readonly lastParenthesis: number;
  private nextOpen = -2;
  private nextClose = -2;

  constructor(text: string) {
    this.text = text;
    this.lastAngle = text.lastIndexOf('>');
    this.lastParenthesis = text.lastIndexOf(')');
  }

  next(): Token | null {
    const { text } = this;
    const from = this.at;
    while (isBlank(text.charCodeAt(this.at))) this.at++;
    if (this.at >= text.length) return null;
    const spaced = this.at > from;
    const start = this.at;
    const character = text[start] ?? '';
    if (character === ',' || character === ';' || character === ':') {
      this.at++;
      return { kind: character, text: character, spaced, start, end: this.at };
    }
    let read: { kind: TokenKind; text: string } | null = null;
    if (character === '"') read = this.quoted();
    else if (character === '(') read = this.comment();
    else if (character === '<') read = this.angle();
    read ??= this.atom();
    return { kind: read.kind, text: read.text, spaced, start, end: this.at };
  }

  private quoted(): { kind: TokenKind; text: string } | null {
    if (!this.quotesClose) return null;
    const { text } = this;
    const pieces: string[] = [];
    let start = this.at + 1;
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x22) {
        pieces.push(text.slice(start, at));
        this.at = at + 1;
        return { kind: 'quoted', text: pieces.join('') };
      }
      if (code === 0x5c) {
        pieces.push(text.slice(start, at));
        start = at + 1;
        at++;
      }
    }
    this.quotesClose = false;
    return null;
  }

  /** A comment with those within it. Where they do not balance, one ends at the first closing parenthesis. */
  private comment(): { kind: TokenKind; text: string } | null {
    const { text } = this;
    if (this.lastParenthesis < this.at) return null;
    const pieces: string[] = [];
    let depth = 0;
    let start = this.at + 1;
    for (let at = this.at; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x5c) {
        pieces.push(text.slice(start, at));
        start = at + 1;
        at++;
      } else if (code === 0x28) depth = this.commentsNest ? depth + 1 : 1;
      else if (code === 0x29 && --depth === 0) {
        pieces.push(text.slice(start, at));
        this.at = at + 1;
        return { kind: 'comment', text: pieces.join('') };
      }
    }
    if (!this.commentsNest) return null;
    this.commentsNest = false;
    return this.comment();
  }

  /** `<…>`; one that is never closed ends at the next comma, or at the end. */
  private angle(): { kind: TokenKind; text: string } {
    const { text } = this;
    const start = this.at + 1;
    let at = start;
    let quoted = false;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x5c && quoted) at++;
      else if (code === 0x22) quoted = !quoted && this.quotesClose && text.indexOf('"', at + 1) >= 0;
      else if (quoted) continue;
      else if (code === 0x3e) break;
      else if (code === 0x3c && at === start) continue;
      // A comma within belongs to a route (RFC 5322 §4.4), which begins with `@`; else the bracket was forgotten.
      else if (code === 0x2c && (this.lastAngle < at || (text[start] !== '@' && this.opensBeforeClosing(at)))) break;
    }
    this.at = at;
    while (text[this.at] === '>') this.at++;
    return { kind: 'angle', text: text.slice(start, at) };
  }

  private opensBeforeClosing(at: number): boolean {
    if (this.nextOpen !== -1 && this.nextOpen < at) this.nextOpen = this.text.indexOf('<', at);
    if (this.nextClose !== -1 && this.nextClose < at) this.nextClose = this.text.indexOf('>', at);
    return this.nextOpen >= 0 && this.nextOpen < this.nextClose;
  }

  private atom(): { kind: TokenKind; text: string } {
    const { text } = this;
    const start = this.at;
    let at = start + 1;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (isBlank(code) || code === 0x2c || code === 0x3b || code === 0x3a || code === 0x3c || code === 0x28) break;
      // A quote within a word begins a quoted local part only at its start; elsewhere it is a stray character.
      if (code === 0x22 && text[at - 1] === '.') break;
      // Encoded words hold `:` or `,` only where their encoder was wrong; their text is kept together.
      if (code === 0x3d && text[at + 1] === '?') {
        const end = this.encodedWordEnd(at);
        if (end > at) {
          at = end;
          continue;
        }
      }
      if (code === 0x5b) {
        const close = text.slice(at, at + 64).indexOf(']');
        if (close > 0) at += close; // a domain literal: `[IPv6:::1]`
      }
      at++;
    }
    if (text.startsWith('=?', start)) at = Math.max(at, this.encodedWordEnd(start));
    this.at = at;
    return { kind: 'atom', text: text.slice(start, at) };
  }

  /** Where the encoded word at `start` ends: within 998 characters, or not at all (0). */
  private encodedWordEnd(start: number): number {
    const match = /^=\?[^?\s]{1,80}\?[bqBQ]\?[^?]{0,900}\?=/.exec(this.text.slice(start, start + 998));
    return match === null ? 0 : start + match[0].length;
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}
