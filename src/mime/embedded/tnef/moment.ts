import { LittleEndianCursor } from './cursor.ts';

/** Hundreds of nanoseconds between 1601 and 1970. */
const EPOCH_OFFSET = 116_444_736_000_000_000n;
const TICKS_PER_MILLISECOND = 10_000n;
const YEAR_1601 = -11_644_473_600_000n;
const YEAR_10000 = 253_402_300_800_000n;
/** 4501-01-01: how Outlook writes «none» (MS-OXOCAL). */
const NONE = 79_870_665_600_000n;

/** A FILETIME (MS-DTYP 2.3.3) as RFC 3339 in UTC, in milliseconds where it has a fraction; null where it means none. */
export function readFileTime(bytes: Uint8Array): string | null {
  if (bytes.length < 8) return null;
  const ticks = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const milliseconds = (ticks - EPOCH_OFFSET) / TICKS_PER_MILLISECOND;
  if (ticks === 0n || milliseconds < YEAR_1601 || milliseconds >= YEAR_10000) return null;
  if (milliseconds / 86_400_000n === NONE / 86_400_000n) return null;
  return new Date(Number(milliseconds)).toISOString().replace(/\.000Z$/, 'Z');
}

/** A DTR (MS-OXTNEF 2.1.3.3.4), which mailers write in UTC, as RFC 3339; null where it is no date. */
export function readDateTimeRecord(bytes: Uint8Array): string | null {
  const cursor = new LittleEndianCursor(bytes);
  const [year, month, day] = [cursor.uint16(), cursor.uint16(), cursor.uint16()];
  const [hour, minute, second] = [cursor.uint16(), cursor.uint16(), cursor.uint16()];
  if (cursor.overrun || year < 1601 || year > 9999) return null;
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // 31 February would roll over into March: that is no date, and none is invented.
  const whole = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour;
  if (!whole || date.getUTCMinutes() !== minute || date.getUTCSeconds() !== second) return null;
  return date.toISOString().replace(/\.000Z$/, 'Z');
}
