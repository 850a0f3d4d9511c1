/** Octets of plaintext in one encrypted frame: a range decrypts only the frames it touches. */
export const FRAME_BYTES = 512 * 1024;
/** Octets of the authentication tag after each frame. */
export const TAG_BYTES = 16;

/** Octets on disk: one object's, or one part's. */
export interface Blob {
  readonly path: string;
  /** Octets of plaintext. */
  readonly size: number;
  /** Sets this blob's nonces apart from those of others under the same data key. */
  readonly sequence: number;
  readonly encrypted: boolean;
  /** Readers under way; the file goes when the last has finished and `released` is set. */
  readers: number;
  released: boolean;
}

/** GCM's 96-bit nonce: the blob's sequence number and the frame's index. Never used twice under one data key. */
export function frameNonce(sequence: number, frame: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(sequence, 0);
  nonce.writeUInt32BE(frame, 8);
  return nonce;
}
