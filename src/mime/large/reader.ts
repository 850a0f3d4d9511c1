import type { ParsedMessage } from '../../model/index.ts';
import { assemble } from '../assemble.ts';
import { decoderOf } from '../body/decoder-of.ts';
import { embedded, type Kept, keptOf, type Leaf, LeafReader } from '../body/leaf.ts';
import { LARGE_MESSAGE_LIMITS, resolveLimits } from '../limits.ts';
import { LINE_SAMPLE } from '../line-view.ts';
import type { ParseMessageOptions } from '../parse-message.ts';
import type { ReadContext } from '../read-context.ts';
import type { Part } from '../structure/part.ts';
import { StructureScanner } from '../structure/scanner.ts';
import { WorkCounter } from '../work-counter.ts';
import { MessageWindow } from './window.ts';

/** From here on a message is better streamed than held: its octets. */
export const LARGE_MESSAGE_BYTES = 32 * 1024 * 1024;

export interface LargeMessageOptions extends ParseMessageOptions {
  /** Octets that are gathered before they are scanned, so that short pushes cost no more than long ones. Default 256 KiB. */
  readonly windowBytes?: number;
}

const WINDOW = 256 * 1024;

/**
 * Reads a message too large to be held: its octets are pushed in pieces of any size, each leaf is decoded and digested as
 * it goes by, and `end` gives what `parseMessage` would under the same limits (`LARGE_MESSAGE_LIMITS` unless told
 * otherwise). Holds a window of the message (256 KiB, or its longest header), and of its parts only what is looked into:
 * the beginning of texts and embedded items, up to `maxKeptBytes` in all; what passes that is digested as an attachment
 * with LIMIT_REACHED. `content` gives those parts only that were kept whole.
 */
export class LargeMessageReader {
  private readonly context: ReadContext;
  private readonly scanner: StructureScanner;
  private readonly window: MessageWindow;
  private readonly stepBytes: number;
  private readonly leaves = new Map<string, Leaf>();
  private current: { readonly part: Part; readonly reader: LeafReader } | null = null;
  private kept = 0;
  private nextStep: number;
  private ended = false;

  constructor(options: LargeMessageOptions = {}) {
    this.stepBytes = Math.max(1, options.windowBytes ?? WINDOW);
    this.window = new MessageWindow(2 * this.stepBytes);
    // How the lines end is told from the message's beginning.
    this.nextStep = Math.max(this.stepBytes, LINE_SAMPLE);
    this.context = {
      limits: resolveLimits(options.limits, LARGE_MESSAGE_LIMITS),
      counter: options.counter ?? new WorkCounter(),
      parseCalendar: options.parseCalendar,
      depth: 0,
      sha1: true,
      layout: options.layout,
    };
    this.scanner = new StructureScanner({
      limits: this.context.limits,
      counter: this.context.counter,
      layout: this.context.layout,
      handler: {
        body: (part, start, end) => this.readerOf(part).write(this.window.octets, start, end),
        prologueEnded: () => {
          this.current = null;
        },
        leaf: (part) => this.endLeaf(part),
      },
    });
  }

  /** Takes the next octets of the message; they are copied. Nothing may be pushed after `end`. */
  push(chunk: Uint8Array): void {
    if (this.ended) throw new TypeError('the message has ended');
    const octets = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; at < octets.length; at += this.stepBytes) {
      this.window.append(octets.subarray(at, Math.min(octets.length, at + this.stepBytes)));
      if (this.window.size >= this.nextStep) this.step(false);
    }
  }

  /** Says that the message is complete, and gives what it is. */
  end(): ParsedMessage {
    if (this.ended) throw new TypeError('the message has ended');
    this.ended = true;
    this.step(true);
    const size = this.window.base + this.window.size;
    const content = (path: string): Buffer | null => {
      const leaf = this.leaves.get(path);
      return leaf?.octets?.length === leaf?.size ? (leaf?.octets ?? null) : null;
    };
    return assemble({ root: this.scanner.root, leaves: this.leaves, size, content }, this.context);
  }

  private step(final: boolean): void {
    const { window } = this;
    const before = window.size;
    const consumed = this.scanner.advance(window.view(final), window.base, 0, final);
    if (final) return;
    window.drop(consumed);
    // A header that is not complete is read anew when the window has doubled: at every step would be quadratic.
    this.nextStep = consumed === 0 ? before * 2 : window.size + this.stepBytes;
  }

  private readerOf(part: Part): LeafReader {
    if (this.current?.part !== part) {
      const { limits } = this.context;
      const left = Math.max(0, limits.maxKeptBytes - this.kept);
      const within = (kept: Kept): Kept => ({ ...kept, octets: Math.min(kept.octets, left) });
      const decoder = decoderOf(part, { limits, returnsEndLines: this.window.returnsEndLines });
      this.current = {
        part,
        reader: new LeafReader(part, decoder, within(keptOf(part, limits)), {
          keepIfTold: within(embedded(limits)),
        }),
      };
    }
    return this.current.reader;
  }

  private endLeaf(part: Part): void {
    const leaf = this.readerOf(part).finish();
    this.current = null;
    this.kept += leaf.octets?.length ?? 0;
    this.context.counter.octets += part.bodyEnd - part.bodyStart;
    this.leaves.set(part.path, leaf);
  }
}
