import { epochSeconds } from './instant.ts';

const HEADER_OCTETS = 22;
const REPLY_OCTETS = 5;
const FINE_SHIFT = 18n;
const COARSE_SHIFT = 23n;
/** FILETIME counts 100 ns from 1601; this many seconds lie between that and 1970. */
const SECONDS_1601_TO_1970 = 11_644_473_600n;
const TICKS = 10_000_000n;
const TICKS_AT_1970 = SECONDS_1601_TO_1970 * TICKS;

/**
 * `classic`: octets 0-5 are the upper 48 bits of a FILETIME. `modern`: octet 0 is 0x01 and octets 1-5 are its upper 40 bits
 * ([MS-OXOMSG] §2.2.1.3).
 */
export type ThreadIndexLayout = 'classic' | 'modern';

export interface ThreadIndexReply {
  /** RFC 3339 in UTC with seven digits: FILETIME's own precision. */
  readonly sentAt: string;
  /** The difference as written, in units of 100 ns. */
  readonly deltaTicks: bigint;
}

export interface ThreadIndex {
  readonly layout: ThreadIndexLayout;
  /** When the conversation began: RFC 3339 in UTC with seven digits. */
  readonly startedAt: string;
  /** The conversation, in lower-case hexadecimal with hyphens. Its octets stand in the order they are printed. */
  readonly conversation: string;
  /** From the first reply to this message; empty for the message that began the conversation. */
  readonly replies: readonly ThreadIndexReply[];
  /** Octets after the last whole reply: a damaged or shortened field. */
  readonly trailingOctets: number;
}

function dateTime(ticks: bigint): string {
  const seconds = ticks / TICKS - SECONDS_1601_TO_1970;
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -5);
  return `${whole}.${String(ticks % TICKS).padStart(7, '0')}Z`;
}

function hexNumber(octets: Uint8Array, start: number, end: number): bigint {
  return BigInt(`0x${Buffer.from(octets.subarray(start, end)).toString('hex')}`);
}

/**
 * The time from the header to a reply. Writers of the modern layout often take the header for a classic one when they subtract:
 * two centuries, which the field's 31 bits cut to a remainder, always in the coarse unit. Both readings of a coarse difference
 * are tried, and the one that makes the conversation shorter is taken.
 */
function elapsedTicks(deltaTicks: bigint, shift: bigint, misreading: bigint): bigint {
  if (shift !== COARSE_SHIFT) return deltaTicks;
  const span = 1n << (31n + shift);
  const unwrapped = (((deltaTicks - misreading) % span) + span) % span;
  return unwrapped < deltaTicks ? unwrapped : deltaTicks;
}

/**
 * Reads Outlook's Thread-Index field (PidTagConversationIndex in base64), in both layouts. Null where it is not one.
 * Each reply's difference counts from the header's time ([MS-ASCON] §2.2.2.4), in units of 2^18 or, beyond 1.7 years, 2^23 ticks.
 */
export function decodeThreadIndex(field: string): ThreadIndex | null {
  const text = field.replace(/[\t\r\n ]+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  const octets = Buffer.from(text, 'base64');
  if (octets.byteLength < HEADER_OCTETS) return null;
  const asClassic = hexNumber(octets, 0, 6) << 16n;
  const asModern = hexNumber(octets, 1, 6) << 24n;
  // A classic reading of a modern header lies in 1829: no mail is that old, so the two cannot be mistaken for each other.
  const modern = octets[0] === 1 && asClassic < TICKS_AT_1970;
  const header = modern ? asModern : asClassic;
  if (header < TICKS_AT_1970 || header >= 1n << 63n) return null;

  const replies: ThreadIndexReply[] = [];
  const end = octets.byteLength - ((octets.byteLength - HEADER_OCTETS) % REPLY_OCTETS);
  for (let at = HEADER_OCTETS; at < end; at += REPLY_OCTETS) {
    const word = hexNumber(octets, at, at + 4);
    const shift = word >> 31n === 0n ? FINE_SHIFT : COARSE_SHIFT;
    const deltaTicks = (word & 0x7fff_ffffn) << shift;
    replies.push({ sentAt: dateTime(header + elapsedTicks(deltaTicks, shift, header - asClassic)), deltaTicks });
  }
  const guid = octets.toString('hex', 6, HEADER_OCTETS);
  return {
    layout: modern ? 'modern' : 'classic',
    startedAt: dateTime(header),
    conversation: guid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    replies,
    trailingOctets: octets.byteLength - end,
  };
}

/** Outlook writes the field when a reply is begun: a Date this much before it is a clock set wrong or a date made up. */
export const SKEW_BEFORE_SECONDS = 120;
/** A Date this much after it: a draft that lay about for a week, or a date made up. Worth a look, no more. */
export const SKEW_AFTER_SECONDS = 7 * 86_400;

export interface ThreadIndexSkew {
  /** The message's own date less the last time of its Thread-Index: negative where it claims to be older. */
  readonly seconds: number;
  readonly skewed: boolean;
}

/** Compares a message's date with its Thread-Index. Null where the date is not RFC 3339. */
export function threadIndexSkew(index: ThreadIndex, sentAt: string | null): ThreadIndexSkew | null {
  const sent = epochSeconds(sentAt);
  const begun = epochSeconds(index.replies.at(-1)?.sentAt ?? index.startedAt);
  if (sent === null || begun === null) return null;
  const seconds = sent - begun;
  return { seconds, skewed: seconds < -SKEW_BEFORE_SECONDS || seconds > SKEW_AFTER_SECONDS };
}
