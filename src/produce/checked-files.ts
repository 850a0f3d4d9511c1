import { hash } from 'node:crypto';
import { BRIEF_OCTETS, type PutResult } from '../model/index.ts';
import { checkWritten, type Output, putChecked, Tasks } from './output.ts';

/** Octets of one pack: few enough to be held some times over, enough that handing them over costs little beside writing them. */
const PACK_OCTETS = 4 << 20;
/** Files of one pack: an abort waits for so many. */
const PACK_FILES = 1000;
/** One that is written, and one that waits. */
const PACKS_UNDER_WAY = 2;

interface PackedFile {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly sha256: string;
}

/** Writes files and holds each to its digest: small ones in packs, where the output takes them so. */
export class CheckedFiles {
  readonly #output: Output;
  readonly #single: Tasks;
  readonly #packs = new Tasks(PACKS_UNDER_WAY);
  #octets: Buffer<ArrayBuffer> | null = null;
  #files: PackedFile[] = [];
  #size = 0;

  constructor(output: Output) {
    this.#output = output;
    this.#single = new Tasks(output.concurrency);
  }

  /** Writes a file as soon as there is room; a small one's octets are copied. `sha256` is that of `octets` where it is known. */
  async add(path: string, octets: Uint8Array, sha256?: string): Promise<void> {
    if (this.#output.putPack === undefined || octets.length > BRIEF_OCTETS) {
      return this.#single.add(async () => putChecked(this.#output, path, octets, sha256));
    }
    if (this.#size + octets.length > PACK_OCTETS || this.#files.length === PACK_FILES) await this.#send();
    this.#octets ??= Buffer.from(new ArrayBuffer(PACK_OCTETS));
    this.#octets.set(octets, this.#size);
    const start = this.#size;
    this.#size += octets.length;
    this.#files.push({ path, start, end: this.#size, sha256: sha256 ?? hash('sha256', octets, 'hex') });
  }

  /** Waits until all are written. */
  async drain(): Promise<void> {
    await this.#send();
    await this.#packs.drain();
    await this.#single.drain();
  }

  async #send(): Promise<void> {
    const octets = this.#octets;
    const files = this.#files;
    if (octets === null) return;
    this.#octets = null;
    this.#files = [];
    this.#size = 0;
    const pack = { octets, files: files.map(({ path, start, end }) => ({ path, start, end })) };
    await this.#packs.add(async () => checkPack(files, (await this.#output.putPack?.(pack)) ?? []));
  }
}

function checkPack(files: readonly PackedFile[], written: readonly PutResult[]): void {
  for (const [at, { path, start, end, sha256 }] of files.entries()) {
    checkWritten(path, written[at] ?? { size: 0, digest: 'sha256:' }, end - start, sha256);
  }
}
