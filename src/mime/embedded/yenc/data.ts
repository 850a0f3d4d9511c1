import { Buffer } from 'node:buffer';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const ESCAPE = 0x3d;

/**
 * Decodes yEnc data: 42 is taken off each octet, and 64 more after an equals sign; line breaks carry nothing.
 * @param size where to stop, null for the end of the data
 */
export function decodeYencData(
  octets: Uint8Array,
  start: number,
  end: number,
  size: number | null,
): { bytes: Uint8Array; read: number } {
  const target = Buffer.allocUnsafe(end - start);
  const most = Math.min(size ?? target.length, target.length);
  let [at, length] = [start, 0];
  while (at < end && length < most) {
    const octet = octets[at++] ?? 0;
    if (octet === LINE_FEED || octet === CARRIAGE_RETURN) continue;
    if (octet !== ESCAPE) target[length++] = (octet - 42) & 255;
    else if (at < end) target[length++] = ((octets[at++] ?? 0) - 106) & 255;
  }
  return { bytes: target.subarray(0, length), read: at };
}
