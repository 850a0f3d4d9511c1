import type { SeededRandom } from './random.ts';
import type { Person } from './vocabulary.ts';

/** Message-IDs kept in References: real clients trim the middle of long threads. */
const REFERENCES_KEPT = 12;
const OPEN_THREADS = 48;

export interface Thread {
  readonly subject: string;
  readonly language: number;
  readonly people: readonly Person[];
  /** The 16 octets that name the conversation in Thread-Index. */
  readonly conversation: Buffer;
  readonly started: number;
  readonly messageIds: string[];
  /** Thread-Index so far: 22 octets, 5 more with each answer. */
  index: Buffer;
  last: number;
}

/** Thread-Index of a first message ([MS-OXOMSG] §2.2.1.3): 0x01, five octets of FILETIME's top, a GUID. */
export function startIndex(seconds: number, conversation: Buffer): Buffer {
  const head = Buffer.alloc(6);
  head[0] = 1;
  // FILETIME counts 100 ns since 1601; its octets 2 to 6 from the top are whole units of 2^16 × 100 ns.
  const filetime = (BigInt(seconds) + 11_644_473_600n) * 10_000_000n;
  head.writeUIntBE(Number((filetime >> 16n) & 0xffffffffffn), 1, 5);
  return Buffer.concat([head, conversation]);
}

/** Five more octets for an answer: the time passed in 31 bits, and four random ones. */
export function continueIndex(index: Buffer, secondsSinceStart: number, random: SeededRandom): Buffer {
  const block = Buffer.alloc(5);
  const units = (BigInt(Math.max(0, secondsSinceStart)) * 10_000_000n) >> 18n;
  block.writeUInt32BE(Number(units & 0x7fffffffn), 0);
  block[4] = random.below(256);
  return Buffer.concat([index, block]);
}

/** The threads that may still be answered: a ring, so that memory does not grow with the mailbox. */
export class ThreadRing {
  readonly #open: Thread[] = [];
  #next = 0;

  pick(random: SeededRandom): Thread | null {
    return this.#open.length === 0 ? null : (this.#open[random.below(this.#open.length)] ?? null);
  }

  add(thread: Thread): void {
    this.#open[this.#next] = thread;
    this.#next = (this.#next + 1) % OPEN_THREADS;
  }
}

/** Remembers a message of a thread, keeping the first and the latest. */
export function remember(thread: Thread, messageId: string): void {
  thread.messageIds.push(messageId);
  if (thread.messageIds.length > REFERENCES_KEPT) thread.messageIds.splice(1, 1);
}
