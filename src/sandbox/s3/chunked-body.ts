import { createHash } from 'node:crypto';
import { EMPTY_SHA256, hmac, sha256Hex } from '../signature/canonical.ts';
import type { VerifiedSignature } from '../signature/verify.ts';
import { S3Error } from './error.ts';

/** A chunk's header or a trailer longer than this is an attack on memory. */
const LINE_LIMIT = 8 * 1024;

/**
 * Decodes `Content-Encoding: aws-chunked`: `size[;chunk-signature=…]`, octets, …, `0`, trailers, an empty line.
 * With a signature, every chunk's is checked (STREAMING-AWS4-HMAC-SHA256-PAYLOAD[-TRAILER]).
 */
export class ChunkedBody {
  /** Lower-case names; complete once the octets have been read to their end. */
  readonly trailers = new Map<string, string>();
  readonly #signature: VerifiedSignature | null;
  #previous: string;

  constructor(signature: VerifiedSignature | null) {
    this.#signature = signature;
    this.#previous = signature?.signature ?? '';
  }

  async *decode(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let state: 'size' | 'data' | 'data-end' | 'trailer' | 'end' = 'size';
    let line = '';
    let left = 0;
    let claimed: string | null = null;
    let hash = createHash('sha256');
    for await (const chunk of body) {
      const octets = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      for (let at = 0; at < octets.length; ) {
        if (state === 'data') {
          const piece = octets.subarray(at, at + left);
          at += piece.length;
          left -= piece.length;
          if (this.#signature !== null) hash.update(piece);
          yield piece;
          if (left === 0) {
            this.#check(claimed, hash.digest('hex'));
            hash = createHash('sha256');
            state = 'data-end';
          }
          continue;
        }
        const newline = octets.indexOf(10, at);
        const stop = newline < 0 ? octets.length : newline + 1;
        line += octets.toString('latin1', at, stop);
        at = stop;
        if (line.length > LINE_LIMIT) throw new S3Error('InvalidRequest', 'A line of the chunked body is too long.');
        if (newline < 0) break;
        const text = line.replace(/\r?\n$/, '');
        line = '';
        if (state === 'size') {
          const [size, claim] = readSize(text);
          left = size;
          claimed = claim;
          if (size === 0) this.#check(claimed, EMPTY_SHA256);
          state = size === 0 ? 'trailer' : 'data';
        } else if (state === 'trailer') {
          if (text === '') state = 'end';
          else this.#trailer(text);
        } else if (state === 'data-end' && text === '') {
          state = 'size';
        } else {
          throw new S3Error('IncompleteBody', 'The chunked body goes on where it should have ended.');
        }
      }
    }
    if (state !== 'end') throw new S3Error('IncompleteBody', 'The chunked body ends before its last chunk.');
    this.#checkTrailers();
  }

  #trailer(text: string): void {
    const colon = text.indexOf(':');
    if (colon < 1) throw new S3Error('InvalidRequest', 'A trailer of the chunked body is malformed.');
    this.trailers.set(text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim());
  }

  #check(claimed: string | null, hash: string): void {
    const signature = this.#signature;
    if (signature === null) return;
    const text = ['AWS4-HMAC-SHA256-PAYLOAD', signature.time, signature.scope, this.#previous, EMPTY_SHA256, hash];
    const computed = hmac(signature.key, text.join('\n')).toString('hex');
    if (computed !== claimed) throw new S3Error('SignatureDoesNotMatch');
    this.#previous = computed;
  }

  #checkTrailers(): void {
    const signature = this.#signature;
    const claimed = this.trailers.get('x-amz-trailer-signature');
    if (signature === null || claimed === undefined) return;
    const lines = [...this.trailers]
      .filter(([name]) => name !== 'x-amz-trailer-signature')
      .map(([name, value]) => `${name}:${value}\n`);
    const text = [
      'AWS4-HMAC-SHA256-TRAILER',
      signature.time,
      signature.scope,
      this.#previous,
      sha256Hex(lines.join('')),
    ];
    if (hmac(signature.key, text.join('\n')).toString('hex') !== claimed) throw new S3Error('SignatureDoesNotMatch');
  }
}

function readSize(text: string): readonly [number, string | null] {
  const match = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(text);
  if (match === null) throw new S3Error('InvalidRequest', 'The size of a chunk is malformed.');
  return [Number.parseInt(match[1] ?? '', 16), match[2] ?? null];
}
