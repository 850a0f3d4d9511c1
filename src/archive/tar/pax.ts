import type { Buffer } from 'node:buffer';

export interface PaxRecords {
  readonly values: ReadonlyMap<string, string>;
  readonly malformed: boolean;
}

/** Records of a pax extended header: `length key=value\n`, the length counting itself (POSIX.1-2017, pax). */
export function readPax(octets: Buffer): PaxRecords {
  const values = new Map<string, string>();
  let at = 0;
  while (at < octets.length) {
    const space = octets.indexOf(0x20, at);
    // Ten digits are more than any header can have.
    if (space < 0 || space === at || space - at > 10) return { values, malformed: true };
    const digits = octets.toString('latin1', at, space);
    const end = at + Number(digits);
    const equals = octets.indexOf(0x3d, space);
    if (!/^[0-9]+$/.test(digits) || end > octets.length || equals < 0 || equals >= end || octets[end - 1] !== 0x0a)
      return { values, malformed: true };
    values.set(octets.toString('utf8', space + 1, equals), octets.toString('utf8', equals + 1, end - 1));
    at = end;
  }
  return { values, malformed: false };
}
