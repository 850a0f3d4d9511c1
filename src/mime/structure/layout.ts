import type { OpenMultipart } from './open-multiparts.ts';
import type { Stretch } from './part.ts';

/** Marks what each stretch of a message is, where that is asked for. */
export class Layout {
  private readonly stretches: Stretch[] | undefined;
  private start = 0;

  constructor(stretches: Stretch[] | undefined) {
    this.stretches = stretches;
  }

  /** Says what everything is that stands before `end` and was not marked yet. */
  mark(kind: Stretch['kind'], end: number, path: string): void {
    if (this.stretches === undefined || end <= this.start) return;
    this.stretches.push({ kind, start: this.start, end, path });
    this.start = end;
  }

  /** What stands before the first part of a multipart, or behind its last one. */
  markAround(innermost: OpenMultipart | undefined, end: number): void {
    if (innermost === undefined) this.mark('body', end, '');
    else this.mark(innermost.closed ? 'epilogue' : 'prologue', end, innermost.part.path);
  }
}
