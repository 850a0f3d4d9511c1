import { createHash, type Hash, hash } from 'node:crypto';
import type { Digest } from '../model/index.ts';

/** SHA-256 of octets held in one array, as OCI writes a digest. */
export function sha256(bytes: Uint8Array): Digest {
  return `sha256:${hash('sha256', bytes, 'hex')}`;
}

/** The two hashes a native is known by: `sha256:<hex>` and lower-case hexadecimal MD5, which load files still ask for. */
export function nativeDigests(bytes: Uint8Array): { readonly digest: Digest; readonly md5: string } {
  return { digest: sha256(bytes), md5: hash('md5', bytes, 'hex') };
}

/** What is said of an archive as received. The hashes are lower-case hexadecimal without a prefix. */
export interface ArchiveDigestsResult {
  /** Octets. */
  readonly size: number;
  readonly sha256: string;
  readonly sha384: string;
  /** Null unless it was asked for. */
  readonly sha1: string | null;
  readonly md5: string;
}

/**
 * The whole archive's hashes, taken on the way: octets are given once, in order, in chunks of any size.
 * SHA-1 costs as much as SHA-256 and nobody is asked for it by default: it is taken only when wanted.
 */
export class ArchiveDigests {
  readonly #sha256 = createHash('sha256');
  readonly #sha384 = createHash('sha384');
  readonly #md5 = createHash('md5');
  readonly #sha1: Hash | null;
  #size = 0;

  constructor(options: { readonly sha1?: boolean } = {}) {
    this.#sha1 = options.sha1 === true ? createHash('sha1') : null;
  }

  update(bytes: Uint8Array): void {
    this.#size += bytes.byteLength;
    this.#sha256.update(bytes);
    this.#sha384.update(bytes);
    this.#md5.update(bytes);
    this.#sha1?.update(bytes);
  }

  /** Ends the hashes: nothing can be added after. */
  finish(): ArchiveDigestsResult {
    return {
      size: this.#size,
      sha256: this.#sha256.digest('hex'),
      sha384: this.#sha384.digest('hex'),
      sha1: this.#sha1?.digest('hex') ?? null,
      md5: this.#md5.digest('hex'),
    };
  }
}
