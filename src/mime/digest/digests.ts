import { createHash, hash } from 'node:crypto';
import type { Native, PartDigests } from '../../model/index.ts';

/** The three hashes of octets at hand. */
export function digestsOf(octets: Uint8Array): PartDigests {
  return { sha256: hash('sha256', octets, 'hex'), sha1: hash('sha1', octets, 'hex'), md5: hash('md5', octets, 'hex') };
}

/** The three hashes of octets that come in pieces: each is hashed while the processor's cache still holds it. */
export class RunningDigests {
  private readonly sha256 = createHash('sha256');
  private readonly sha1 = createHash('sha1');
  private readonly md5 = createHash('md5');

  update(octets: Uint8Array): void {
    this.sha256.update(octets);
    this.sha1.update(octets);
    this.md5.update(octets);
  }

  finish(): PartDigests {
    return { sha256: this.sha256.digest('hex'), sha1: this.sha1.digest('hex'), md5: this.md5.digest('hex') };
  }
}

/** The pointer to an item's original octets. */
export function nativeOf(mediaType: string, size: number, digests: PartDigests): Native {
  return { mediaType, digest: `sha256:${digests.sha256}`, size, md5: digests.md5 };
}
