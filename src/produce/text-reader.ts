import type { ByteSource, ItemRecord, Sink } from '../model/index.ts';

const WINDOW = 1024 * 1024;

/** Reads records' texts in the order they are packed: one open file and one window of it, instead of three calls a text. */
export class TextReader {
  readonly #sink: Sink;
  #path = '';
  #source: ByteSource | null = null;
  #start = 0;
  #window: Buffer = Buffer.alloc(0);

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** The octets of a record's text (UTF-8); empty where it has none. */
  async octets(record: ItemRecord): Promise<Uint8Array> {
    const pointer = record.text;
    if (pointer === undefined || pointer.length === 0) return Buffer.alloc(0);
    if (pointer.path !== this.#path || this.#source === null) {
      await this.close();
      this.#source = await this.#sink.open(pointer.path);
      this.#path = pointer.path;
    }
    const { offset, length } = pointer;
    const end = offset + length;
    if (offset < this.#start || end > this.#start + this.#window.length) {
      const octets = await this.#source.bytes(offset, Math.max(end, Math.min(this.#source.size, offset + WINDOW)));
      this.#window = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
      this.#start = offset;
    }
    return this.#window.subarray(offset - this.#start, end - this.#start);
  }

  async close(): Promise<void> {
    await this.#source?.close();
    this.#source = null;
    this.#path = '';
    this.#window = Buffer.alloc(0);
  }
}
