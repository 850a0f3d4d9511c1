import { RTF_FONT_LIMIT } from '../limits.ts';
import { CHARSET_CODEPAGES } from './characters.ts';

/** Which code page the octets of each font are in (RTF 1.9, «Font table»). */
export class FontTable {
  readonly #codepages = new Map<number, number>();
  #current = 0;

  /** A control word within the font table. */
  control(word: string, parameter: number | null): void {
    if (parameter === null) return;
    if (word === 'f') this.#current = parameter;
    else if (word === 'cpg') this.#set(parameter);
    else if (word === 'fcharset') {
      const codepage = CHARSET_CODEPAGES.get(parameter);
      if (codepage !== undefined && !this.#codepages.has(this.#current)) this.#set(codepage);
    }
  }

  codepage(font: number): number | null {
    return this.#codepages.get(font) ?? null;
  }

  #set(codepage: number): void {
    if (this.#codepages.size < RTF_FONT_LIMIT) this.#codepages.set(this.#current, codepage);
  }
}
