import { endsLinesWithReturn, returnsToFeeds } from '../line-view.ts';

/**
 * A stretch of a long message: its octets, and the same as the structure is read from them (line-view.ts). Grows at the
 * end, is cut off at the front, and is otherwise one buffer that is used again.
 */
export class MessageWindow {
  /** The offset in the message of the first octet held. */
  base = 0;
  private octetBuffer: Buffer;
  private viewBuffer: Buffer | null = null;
  private length = 0;
  private decided = false;
  private converted = 0;

  constructor(capacity: number) {
    this.octetBuffer = Buffer.allocUnsafeSlow(capacity);
  }

  get size(): number {
    return this.length;
  }

  get octets(): Buffer {
    return this.octetBuffer.subarray(0, this.length);
  }

  /** Whether the lines of the message end in bare CR; known once it was viewed. */
  get returnsEndLines(): boolean {
    return this.viewBuffer !== null;
  }

  /** `final` says that nothing follows, so that a CR at the end can be told from the first half of CR LF. */
  view(final: boolean): Buffer {
    if (!this.decided) {
      this.decided = true;
      if (endsLinesWithReturn(this.octets)) this.viewBuffer = Buffer.from(this.octetBuffer);
    }
    const { viewBuffer } = this;
    if (viewBuffer === null) return this.octets;
    const view = viewBuffer.subarray(0, this.length);
    let end = this.length;
    if (!final) while (end > this.converted && view[end - 1] === 13) end--;
    returnsToFeeds(view.subarray(0, end), this.converted);
    this.converted = end;
    return view;
  }

  append(octets: Buffer): void {
    const needed = this.length + octets.length;
    if (needed > this.octetBuffer.length) {
      this.octetBuffer = grown(this.octetBuffer, this.length, needed);
      if (this.viewBuffer !== null) this.viewBuffer = grown(this.viewBuffer, this.length, needed);
    }
    octets.copy(this.octetBuffer, this.length);
    if (this.viewBuffer !== null) octets.copy(this.viewBuffer, this.length);
    this.length = needed;
  }

  /** Lets go of the first `count` octets. */
  drop(count: number): void {
    this.octetBuffer.copyWithin(0, count, this.length);
    this.viewBuffer?.copyWithin(0, count, this.length);
    this.length -= count;
    this.converted = Math.max(0, this.converted - count);
    this.base += count;
  }
}

function grown(buffer: Buffer, length: number, needed: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, buffer.length * 2));
  buffer.copy(larger, 0, 0, length);
  return larger;
}
