/** The signs of a delimited file. */
export interface Delimiters {
  readonly separator: string;
  readonly qualifier: string;
}

export interface DelimitedRow {
  /** From 1; the column names are row 1. */
  readonly number: number;
  readonly cells: readonly string[];
  /** The record did not end at CR LF. */
  readonly badEnd: boolean;
  /** A line end stands within a value. */
  readonly lineInValue: boolean;
  /** The file ends within a quoted value. */
  readonly open: boolean;
}

/** UTF-16 units of one record: a file that is no table must not fill the memory. */
const ROW_LIMIT = 64 * 1024 * 1024;

/**
 * Reads a delimited file's records as its text comes in pieces, however these are cut. Quoted values may hold separators,
 * line ends and doubled qualifiers. Linear: every sign is looked at once.
 */
export class DelimitedReader {
  readonly #separator: string;
  readonly #qualifier: string;
  #cells: string[] = [];
  #pieces: string[] = [];
  #quoted = false;
  #afterQuote = false;
  #sawReturn = false;
  #lineInValue = false;
  #row = 0;
  #length = 0;

  constructor({ separator, qualifier }: Delimiters) {
    this.#separator = separator;
    this.#qualifier = qualifier;
  }

  /** Takes a piece of text and gives the records that end in it. */
  *push(text: string): Generator<DelimitedRow> {
    let start = 0;
    const keep = (end: number) => {
      if (end > start) this.#pieces.push(text.slice(start, end));
    };
    for (let at = 0; at < text.length; at++) {
      const sign = text[at];
      if (this.#sawReturn) {
        this.#sawReturn = false;
        start = sign === '\n' ? at + 1 : at;
        yield this.#end(sign !== '\n', false);
        if (sign === '\n') continue;
      }
      if (this.#quoted) {
        if (sign === this.#qualifier) {
          keep(at);
          start = at + 1;
          this.#quoted = false;
          this.#afterQuote = true;
        } else if (sign === '\n' || sign === '\r') this.#lineInValue = true;
        continue;
      }
      if (sign === this.#qualifier) {
        keep(at);
        start = at + 1;
        // A doubled qualifier stands for itself.
        if (this.#afterQuote) this.#pieces.push(this.#qualifier);
        this.#quoted = true;
      } else if (sign === this.#separator) {
        keep(at);
        start = at + 1;
        this.#endCell();
      } else if (sign === '\r' || sign === '\n') {
        keep(at);
        start = at + 1;
        if (sign === '\r') this.#sawReturn = true;
        else yield this.#end(true, false);
      }
      this.#afterQuote = false;
    }
    keep(text.length);
    this.#length += text.length;
    if (this.#length > ROW_LIMIT) {
      yield this.#end(true, true);
      this.#quoted = false;
    }
  }

  /** The last record, where the file does not end with a line end. */
  *finish(): Generator<DelimitedRow> {
    if (this.#sawReturn) yield this.#end(true, false);
    else if (this.#pieces.length > 0 || this.#cells.length > 0) yield this.#end(true, this.#quoted);
  }

  #endCell(): void {
    this.#cells.push(this.#pieces.join(''));
    this.#pieces = [];
  }

  #end(badEnd: boolean, open: boolean): DelimitedRow {
    this.#endCell();
    const row = { number: ++this.#row, cells: this.#cells, badEnd, lineInValue: this.#lineInValue, open };
    this.#cells = [];
    this.#lineInValue = false;
    this.#length = 0;
    this.#sawReturn = false;
    return row;
  }
}
