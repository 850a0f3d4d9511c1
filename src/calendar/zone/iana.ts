import { UTC, type Zone } from './zone.ts';

/**
 * Offsets are asked of Intl at the ends of spans of three days and remembered; where the two ends differ, the second at
 * which they part is searched for. No zone of the database changes its clocks twice within three days (Freetown comes nearest, in 1939).
 * Asking costs 1.7 µs, remembering 0.05: ten thousand events ask but once for each span they fall in.
 */
const SPAN = 3 * 86_400;

class IanaZone implements Zone {
  readonly id: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #atEnd = new Map<number, number>();
  readonly #changes = new Map<number, number>();

  constructor(id: string, format: Intl.DateTimeFormat) {
    this.id = id;
    this.#format = format;
  }

  /** Intl writes `1/1/2026, GMT+05:30`, with seconds where local mean time has them, and `GMT` alone for zero. */
  #ask(utc: number): number {
    const text = this.#format.format(utc * 1000);
    const sign = text.charAt(text.lastIndexOf('GMT') + 3);
    if (sign !== '+' && sign !== '-') return 0;
    const [hours = '0', minutes = '0', seconds = '0'] = text.slice(text.lastIndexOf(sign) + 1).split(':');
    const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return sign === '-' ? -offset : offset;
  }

  #end(span: number): number {
    const known = this.#atEnd.get(span);
    if (known !== undefined) return known;
    const offset = this.#ask(span * SPAN);
    this.#atEnd.set(span, offset);
    return offset;
  }

  /** The first second of a span at which the offset is that of its end. */
  #change(span: number): number {
    const known = this.#changes.get(span);
    if (known !== undefined) return known;
    const before = this.#end(span);
    let low = span * SPAN;
    let high = low + SPAN;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#ask(middle) === before) low = middle;
      else high = middle;
    }
    this.#changes.set(span, high);
    return high;
  }

  offsetAt(utc: number): number {
    const span = Math.floor(utc / SPAN);
    const before = this.#end(span);
    const after = this.#end(span + 1);
    return before === after || utc < this.#change(span) ? before : after;
  }
}

/**
 * Short names that ICU understands on its own account, and often otherwise than people do (AST is Alaska's, CST and IST
 * are each three zones): IANA does not have them, so they say nothing here.
 */
const NOT_IANA =
  /^(ACT|AET|AGT|ART|AST|BET|BST|CAT|CNT|CST|CTT|EAT|ECT|IET|IST|JST|MIT|NET|NST|PLT|PNT|PRT|PST|SST|VST|PDT|EDT|CDT|MDT|Factory)$/i;
const SHAPE = /^[a-z][a-z0-9_+-]{1,31}(\/[a-z0-9_+-]{1,31}){0,2}$/i;

const zones = new Map<string, Zone>();
/** Names that are none: asking Intl costs 50 µs. So many are remembered, so that made-up names cannot fill the memory. */
const unknown = new Set<string>();
const UNKNOWN_LIMIT = 1000;
let canonical: ReadonlyMap<string, string> | null = null;

/** An id in the database's own case: `europe/berlin` is `Europe/Berlin`. Links, which Intl does not list, stay as written. */
function properCase(id: string): string {
  canonical ??= new Map(Intl.supportedValuesOf('timeZone').map((name) => [name.toLowerCase(), name]));
  // Of the links only EST, CET, EST5EDT and their like are one word of capitals.
  return canonical.get(id.toLowerCase()) ?? (/^[a-z]{3}(\d[a-z]{3})?$/i.test(id) ? id.toUpperCase() : id);
}

/** The zone of an IANA name or link in any case, or null. Every name of UTC is `Etc/UTC`. */
export function ianaZone(id: string): Zone | null {
  const known = zones.get(id);
  if (known !== undefined) return known;
  if (unknown.has(id) || !SHAPE.test(id) || NOT_IANA.test(id)) return null;
  if (/^(Etc\/)?(UTC|UCT|GMT|GMT[+-]?0|Zulu|Universal|Greenwich)$/i.test(id)) return UTC;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: id, timeZoneName: 'longOffset' });
    const zone = new IanaZone(properCase(id), format);
    zones.set(id, zone);
    return zone;
  } catch {
    // A RangeError: there is no such zone.
    if (unknown.size < UNKNOWN_LIMIT) unknown.add(id);
    return null;
  }
}
