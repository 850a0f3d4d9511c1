import { DEFAULT_CODEPAGE } from '../codepage.ts';
import { RTF_GROUP_LIMIT } from '../limits.ts';
import { CHARACTER_WORDS, SILENT_DESTINATIONS } from './characters.ts';
import { FontTable } from './font-table.ts';
import { type RtfHandler, readRtf } from './reader.ts';
import { TextRun } from './run.ts';

export interface ExtractedRtf {
  /** The HTML the RTF encapsulates, null where it encapsulates none. */
  readonly html: string | null;
  /** The text of the RTF, null where it encapsulates HTML. */
  readonly text: string | null;
  /** Groups nested deeper than `RTF_GROUP_LIMIT` were read without their own state. */
  readonly limited: boolean;
}

type Destination = 'content' | 'html tag' | 'font table' | 'silent';

/** What a group inherits and gives back. */
interface GroupState {
  destination: Destination;
  /** Within \htmlrtf: rendering for readers of RTF, no part of the HTML (MS-OXRTFEX 2.1.3.2). */
  rendering: boolean;
  font: number | null;
  /** How many characters follow a \u for readers without Unicode. */
  fallback: number;
}

/** Reads RTF to HTML where it says \fromhtml1 (MS-OXRTFEX 2.2.3.2), else to text. One pass, linear. */
export function extractRtf(bytes: Uint8Array): ExtractedRtf {
  const extraction = new Extraction();
  readRtf(bytes, extraction);
  return extraction.end();
}

class Extraction implements RtfHandler {
  readonly #run = new TextRun();
  readonly #fonts = new FontTable();
  readonly #outer: GroupState[] = [];
  #state: GroupState = { destination: 'content', rendering: false, font: null, fallback: 1 };
  #uncounted = 0;
  #limited = false;
  /** The outermost group has ended: octets after it, often a NUL, are no text. */
  #ended = false;
  #fromHtml = false;
  #codepage = DEFAULT_CODEPAGE;
  #defaultFont: number | null = null;
  /** `\*` was read: the next word names a destination that may be skipped. */
  #optional = false;
  #skip = 0;

  groupStart(): void {
    this.#skip = 0;
    this.#optional = false;
    if (this.#outer.length >= RTF_GROUP_LIMIT) {
      this.#uncounted++;
      this.#limited = true;
      return;
    }
    this.#outer.push(this.#state);
    this.#state = { ...this.#state };
  }

  groupEnd(): void {
    this.#skip = 0;
    this.#optional = false;
    if (this.#uncounted > 0) this.#uncounted--;
    else this.#state = this.#outer.pop() ?? this.#state;
    if (this.#outer.length === 0) this.#ended = true;
  }

  escapedOctet(octet: number): void {
    if (this.#skipped()) return;
    this.#put(octet);
  }

  octet(octet: number): void {
    this.#optional = false;
    if (this.#skipped()) return;
    this.#put(octet);
  }

  control(word: string, parameter: number | null): void {
    const optional = this.#optional;
    this.#optional = false;
    if (word === '*') {
      this.#optional = true;
      return;
    }
    if (this.#destination(word, optional) || this.#header(word, parameter)) return;
    const state = this.#state;
    if (state.destination === 'font table') this.#fonts.control(word, parameter);
    else if (word === 'f') state.font = parameter;
    else if (word === 'plain') state.font = null;
    else if (word === 'uc') state.fallback = Math.min(Math.max(parameter ?? 1, 0), 16);
    else if (word === 'htmlrtf') state.rendering = parameter !== 0;
    else if (this.#skipped()) return;
    else if (word === 'u' && parameter !== null) this.#unicode(parameter);
    else this.#character(word);
  }

  end(): ExtractedRtf {
    const content = this.#run.end();
    return { html: this.#fromHtml ? content : null, text: this.#fromHtml ? null : content, limited: this.#limited };
  }

  #destination(word: string, optional: boolean): boolean {
    const state = this.#state;
    if (state.destination === 'silent') return true;
    if (word === 'fonttbl') state.destination = 'font table';
    else if (word === 'htmltag' && optional) state.destination = 'html tag';
    else if (SILENT_DESTINATIONS.has(word) || (word === 'pntext' && this.#fromHtml)) state.destination = 'silent';
    // Pictures and shapes within a known wrapper are read through; every other optional destination is skipped.
    else if (optional) state.destination = 'silent';
    else return false;
    return true;
  }

  #header(word: string, parameter: number | null): boolean {
    if (word === 'ansicpg') this.#codepage = parameter || DEFAULT_CODEPAGE;
    else if (word === 'mac') this.#codepage = 10000;
    else if (word === 'pc') this.#codepage = 437;
    else if (word === 'pca') this.#codepage = 850;
    else if (word === 'deff') this.#defaultFont = parameter;
    else if (word === 'fromhtml') this.#fromHtml = parameter !== 0;
    else return false;
    return true;
  }

  /** Counts down the characters that repeat a \u for readers without Unicode. */
  #skipped(): boolean {
    if (this.#skip === 0) return false;
    this.#skip--;
    return true;
  }

  #silent(): boolean {
    const { destination, rendering } = this.#state;
    return this.#ended || destination === 'silent' || destination === 'font table' || (this.#fromHtml && rendering);
  }

  #put(octet: number): void {
    if (this.#silent()) return;
    this.#run.octet(octet, this.#currentCodepage());
  }

  /** Within an HTML tag the document's code page holds, outside it the font's (MS-OXRTFEX 2.2.3.2). */
  #currentCodepage(): number {
    const { destination, font } = this.#state;
    const current = font ?? this.#defaultFont;
    if (destination === 'html tag' || current === null) return this.#codepage;
    return this.#fonts.codepage(current) ?? this.#codepage;
  }

  #unicode(parameter: number): void {
    this.#skip = this.#state.fallback;
    // The number is signed and of sixteen bits: one half of a surrogate pair where the character needs two.
    if (!this.#silent()) this.#run.text(String.fromCharCode(parameter & 0xffff));
  }

  #character(word: string): void {
    const character = CHARACTER_WORDS.get(word);
    if (character === undefined || this.#silent()) return;
    this.#run.text(this.#fromHtml ? character.html : character.text);
  }
}
