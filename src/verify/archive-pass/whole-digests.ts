import { createHash, type Hash } from 'node:crypto';

/** Hashes of the whole archive, lower-case hexadecimal; null where it was not asked for. */
export interface WholeDigests {
  /** Octets. */
  readonly size: number;
  readonly sha256: string;
  readonly sha384: string | null;
  readonly md5: string | null;
}

/**
 * Which hashes to take again. SHA-256 alone says that the octets are those that were processed, and then the other two are
 * what they were; they cost five times as much together. `sha384` is taken too where an output log's hash rests on it.
 */
export type DigestsWanted = { readonly sha384: boolean; readonly md5: boolean };

/** The whole archive's hashes, taken on the way by somebody: chunks are given in order, and may be used again when settled. */
export interface WholeHashing {
  /** Octets so far. */
  readonly size: number;
  /** A promise where no more should be given until it is kept. */
  update(chunk: Uint8Array): Promise<void> | undefined;
  /** Resolves when everything that was given up to now is hashed. */
  settled(): Promise<void>;
  finish(): Promise<WholeDigests>;
}

/** Hashes in the calling thread. */
export class WholeHasher implements WholeHashing {
  readonly #sha256 = createHash('sha256');
  readonly #sha384: Hash | null;
  readonly #md5: Hash | null;
  #size = 0;

  constructor(wanted: DigestsWanted) {
    this.#sha384 = wanted.sha384 ? createHash('sha384') : null;
    this.#md5 = wanted.md5 ? createHash('md5') : null;
  }

  get size(): number {
    return this.#size;
  }

  update(chunk: Uint8Array): undefined {
    this.#size += chunk.length;
    this.#sha256.update(chunk);
    this.#sha384?.update(chunk);
    this.#md5?.update(chunk);
  }

  async settled(): Promise<void> {}

  async finish(): Promise<WholeDigests> {
    return {
      size: this.#size,
      sha256: this.#sha256.digest('hex'),
      sha384: this.#sha384?.digest('hex') ?? null,
      md5: this.#md5?.digest('hex') ?? null,
    };
  }
}
