import { setFlagsFromString } from 'node:v8';

/** Node.js majors whose V8 is known to have the flag: one that has not would say so on standard error. */
const FIRST_MAJOR = 20;
const LAST_MAJOR = 24;

const MAJOR = Number(process.versions.node.split('.', 1)[0]);
const isKnown = MAJOR >= FIRST_MAJOR && MAJOR <= LAST_MAJOR;

/**
 * For work that keeps all cores busy with native code, as hashing does. Every thread collects its own short-lived garbage, which
 * V8 else shares out among four more; and only what runs very often is compiled once more, which V8 does beside. Together they
 * took a sixth of the processor time. Call it before threads are started: they take it over.
 */
export function leaveCoresToNativeCode(): void {
  if (!isKnown) return;
  setFlagsFromString('--no-parallel-scavenge');
  // Later ones have it no more, and say so on the terminal.
  if (MAJOR === FIRST_MAJOR) setFlagsFromString('--interrupt-budget=600000');
}

/**
 * Lets the heaps of this process grow to 1.7 times what lives in them before they are collected, where V8 by itself lets
 * them grow to four times: what passes through is garbage at once, and an administrator's machine runs other things too.
 * For processing, whose threads hold much and keep little; it would cost a fifth more time where next to nothing lives, as when
 * octets are only hashed. Call it before threads are started: they take it over.
 */
export function boundHeapGrowth(): void {
  if (isKnown) setFlagsFromString('--heap-growing-percent=70');
}
