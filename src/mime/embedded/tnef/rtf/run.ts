import { Buffer } from 'node:buffer';
import { decodeCodepage } from '../codepage.ts';

/**
 * Gathers decoded text. Octets of one code page are kept together until another kind of text comes:
 * a Shift_JIS character may be an escape and a plain octet, or two escapes.
 */
export class TextRun {
  readonly #pieces: string[] = [];
  #octets: Buffer = Buffer.alloc(256);
  #length = 0;
  #codepage = 0;

  octet(octet: number, codepage: number): void {
    if (codepage !== this.#codepage) {
      this.#flush();
      this.#codepage = codepage;
    }
    if (this.#length === this.#octets.length) {
      this.#octets = Buffer.concat([this.#octets, Buffer.alloc(this.#octets.length)]);
    }
    this.#octets[this.#length++] = octet;
  }

  text(text: string): void {
    if (text === '') return;
    this.#flush();
    this.#pieces.push(text);
  }

  end(): string {
    this.#flush();
    return this.#pieces.join('');
  }

  #flush(): void {
    if (this.#length === 0) return;
    this.#pieces.push(decodeCodepage(this.#octets.subarray(0, this.#length), this.#codepage));
    this.#length = 0;
  }
}
