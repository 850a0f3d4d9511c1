import { decodeCharset } from '../charset/decode.ts';
import type { FieldFaults } from '../header/faults.ts';
import { unfold } from '../header/unfold.ts';
import { Base64Decoder } from '../transfer-encoding/base64.ts';
import { decodeWhole } from '../transfer-encoding/whole.ts';

/**
 * Decoding of header text. The input is a *byte string*: one character per octet (latin-1), so that 8-bit octets
 * inside and outside encoded words keep their identity until their charset is known.
 */

interface Word {
  readonly charset: string;
  readonly base64: boolean;
  /** As it stands between the last `?` and `?=`. */
  readonly text: string;
}

/**
 * Decodes RFC 2047 encoded words and raw 8-bit text. Adjacent words of one charset are joined before they are decoded,
 * as encoders cut within multibyte characters; blanks between two encoded words go (RFC 2047 §6.2). Words in places
 * RFC 2047 §5 forbids (within quotes, next to other characters) are decoded too: senders put them there.
 */
export function decodeHeaderText(value: string, faults: FieldFaults, hint: string | null = null): string {
  const first = value.indexOf('=?');
  if (first < 0) return decodeRaw(value, faults, hint);
  const reader = new WordReader(value);
  const pieces: string[] = [];
  let pending: Word[] = [];
  let plainStart = 0;
  let at = first;
  const flush = (): void => {
    if (pending.length > 0) pieces.push(decodeWords(pending, faults, hint));
    pending = [];
  };
  while (at >= 0) {
    const found = reader.read(at);
    if (found === null) {
      at = value.indexOf('=?', at + 1);
      continue;
    }
    if (at > plainStart && (pending.length === 0 || !isBlank(value, plainStart, at))) {
      flush();
      pieces.push(decodeRaw(value.slice(plainStart, at), faults, hint));
    }
    if (pending.length > 0 && pending[0]?.charset !== found.word.charset) flush();
    pending.push(found.word);
    plainStart = found.end;
    at = value.indexOf('=?', found.end);
  }
  flush();
  if (plainStart < value.length) {
    const rest = value.slice(plainStart);
    if (rest.includes('=?')) faults.add('ENCODED_WORD_MALFORMED', 'An encoded word is broken and kept as it stands.');
    pieces.push(decodeRaw(rest, faults, hint));
  }
  return pieces.join('');
}

/**
 * Reads encoded words of one value from left to right. It remembers where the next `=?` and `?=` are: searching for
 * them anew from each of ten thousand unclosed words would be quadratic.
 */
class WordReader {
  private readonly value: string;
  private opening = -2;
  private closing = -2;

  constructor(value: string) {
    this.value = value;
  }

  /** Reads `=?charset*language?B|Q?text?=` at `start`. The text may hold blanks and 8-bit octets, though it must not. */
  read(start: number): { word: Word; end: number } | null {
    const { value } = this;
    let charsetEnd = start + 2;
    while (charsetEnd - start < 80 && charsetEnd < value.length && value[charsetEnd] !== '?') charsetEnd++;
    const kind = value[charsetEnd + 1];
    if (charsetEnd === start + 2 || value[charsetEnd] !== '?' || value[charsetEnd + 2] !== '?') return null;
    const base64 = kind === 'B' || kind === 'b';
    if (!base64 && kind !== 'Q' && kind !== 'q') return null;
    const textStart = charsetEnd + 3;
    const textEnd = this.endOfText(textStart);
    const label = value.slice(start + 2, charsetEnd);
    if (textEnd < 0 || /[\s"<>,;]/.test(label)) return null;
    const star = label.indexOf('*'); // RFC 2231 §5: a language may follow the charset
    const charset = (star < 0 ? label : label.slice(0, star)).toLowerCase();
    const text = value.slice(textStart, textEnd);
    return { word: { charset, base64, text }, end: textEnd + 2 };
  }

  /** Where `?=` ends the text; -1 where another word begins before: the first one was never closed. */
  private endOfText(start: number): number {
    if (this.closing !== -1 && this.closing < start) this.closing = this.value.indexOf('?=', start);
    if (this.opening !== -1 && this.opening < start) this.opening = this.value.indexOf('=?', start);
    // A text that ends in `=` makes `=?=`, which holds both.
    return this.opening >= 0 && this.opening + 1 < this.closing ? -1 : this.closing;
  }
}

function octetsOf({ base64, text }: Word): Buffer {
  return base64 ? decodeB(text) : decodeQ(text);
}

/**
 * Some encoders cut base64 text within a group of four characters: only together the pieces can be decoded. Others leave
 * out the padding: pieces that do not make whole groups together are decoded each by itself.
 */
function joinCutGroups(words: readonly Word[]): Word[] {
  const joined: Word[] = [];
  let run: Word[] = [];
  let length = 0;
  for (const [index, word] of words.entries()) {
    run.push(word);
    length += word.text.length;
    const cut = word.base64 && length % 4 !== 0 && !word.text.endsWith('=') && words[index + 1]?.base64 === true;
    if (cut) continue;
    if (run.length > 1 && length % 4 === 0) joined.push({ ...word, text: run.map(({ text }) => text).join('') });
    else for (const single of run) joined.push(single);
    run = [];
    length = 0;
  }
  return joined;
}

function decodeB(text: string): Buffer {
  const raw = Buffer.from(text, 'latin1');
  return decodeWhole(new Base64Decoder(), raw, 0, raw.length);
}

/** RFC 2047 §4.2: `_` is a space, `=XX` an octet. Line breaks of a fold inside the word go with the blanks behind them. */
function decodeQ(text: string): Buffer {
  const unfolded = /[\r\n]/.test(text) ? text.replace(/[\r\n]+[ \t]*/g, '') : text;
  const raw = Buffer.from(unfolded, 'latin1');
  let to = 0;
  for (let at = 0; at < raw.length; at++) {
    const octet = raw[at] ?? 0;
    if (octet === 0x3d) {
      const digits = unfolded.slice(at + 1, at + 3);
      if (/^[0-9A-Fa-f]{2}$/.test(digits)) {
        raw[to++] = Number.parseInt(digits, 16);
        at += 2;
        continue;
      }
    }
    raw[to++] = octet === 0x5f ? 0x20 : octet;
  }
  return raw.subarray(0, to);
}

function decodeWords(words: readonly Word[], faults: FieldFaults, hint: string | null): string {
  const charset = words[0]?.charset ?? '';
  const [only, ...others] = words;
  const octets =
    others.length === 0 && only !== undefined
      ? octetsOf(only)
      : Buffer.concat(joinCutGroups(words).map((word) => octetsOf(word)));
  const { text, defect } = decodeCharset(octets, charset, hint);
  // 8-bit text under a 7-bit label is common within words; the guess is the issue, not the label.
  if (defect !== null) faults.add(defect.code, defect.message);
  return text;
}

function decodeRaw(folded: string, faults: FieldFaults, hint: string | null): string {
  const value = unfold(folded);
  if (!/[\x80-\xff]/.test(value)) {
    if (!value.includes('\x1b$')) return value;
  }
  const { text, defect } = decodeCharset(Buffer.from(value, 'latin1'), null, hint);
  // RFC 6532 makes raw UTF-8 a header's right: only other charsets are a guess worth telling.
  if (defect !== null && !defect.message.endsWith('read as utf-8.')) faults.add(defect.code, defect.message);
  return text;
}

function isBlank(value: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = value.charCodeAt(at);
    if (code !== 0x20 && code !== 0x09 && code !== 0x0d && code !== 0x0a) return false;
  }
  return true;
}
