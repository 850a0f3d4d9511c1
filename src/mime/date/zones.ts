/** The alphabetic zones RFC 5322 §4.3 gives an offset, in minutes east of Greenwich. All others are unknown there. */
const ZONES: Readonly<Record<string, number>> = {
  UT: 0,
  UTC: 0,
  GMT: 0,
  Z: 0,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};

/** What a zone token says: minutes east of Greenwich, or null where it says nothing that can be relied on. */
export function readZone(token: string): number | null {
  const upper = token.toUpperCase();
  const numeric =
    /^(?:GMT|UTC|UT)?([+-])(\d{1,2}):?(\d{2})$/.exec(upper) ?? /^(?:GMT|UTC|UT)?([+-])(\d{1,2})$/.exec(upper);
  if (numeric !== null) {
    const hours = Number(numeric[2]);
    const minutes = Number(numeric[3] ?? '0');
    // RFC 3339 cannot write more than 23:59, and no place on earth is further off.
    if (hours > 23 || minutes > 59) return null;
    const offset = hours * 60 + minutes;
    // -0000 says that the offset is unknown (RFC 5322 §3.3).
    if (numeric[1] === '-') return offset === 0 ? null : -offset;
    return offset;
  }
  const named = /^([A-Z]+)(?:\d[A-Z]*)?$/.exec(upper)?.[1]; // EST5EDT is the Unix name of EST
  return named !== undefined && Object.hasOwn(ZONES, named) ? (ZONES[named] ?? null) : null;
}
