import { createHash, type Hash, hash } from 'node:crypto';
import type { Native, PartDigests } from '../../model/index.ts';

/** The hashes of octets at hand: three, or without SHA-1 two. */
export function digestsOf(octets: Uint8Array, sha1 = true): PartDigests {
  const sha256 = hash('sha256', octets, 'hex');
  const md5 = hash('md5', octets, 'hex');
  return sha1 ? { sha256, sha1: hash('sha1', octets, 'hex'), md5 } : { sha256, md5 };
}

/** The hashes of octets that come in pieces: each is hashed while the processor's cache still holds it. */
export class RunningDigests {
  private readonly sha256 = createHash('sha256');
  private readonly sha1: Hash | null;
  private readonly md5 = createHash('md5');

  constructor(sha1 = true) {
    this.sha1 = sha1 ? createHash('sha1') : null;
  }

  update(octets: Uint8Array): void {
    this.sha256.update(octets);
    this.sha1?.update(octets);
    this.md5.update(octets);
  }

  finish(): PartDigests {
    const sha256 = this.sha256.digest('hex');
    const md5 = this.md5.digest('hex');
    return this.sha1 === null ? { sha256, md5 } : { sha256, sha1: this.sha1.digest('hex'), md5 };
  }
}

/** The pointer to an item's original octets. */
export function nativeOf(mediaType: string, size: number, digests: PartDigests): Native {
  return { mediaType, digest: `sha256:${digests.sha256}`, size, md5: digests.md5 };
}
