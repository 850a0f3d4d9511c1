import { DAY } from '../time/civil.ts';
import { formatDuration, readDuration } from '../time/duration.ts';
import type { MappingInput } from './mapping-input.ts';

/** RFC 8984 §5.1.2: nominal where DURATION says it, exact where two instants do (RFC 5545 §3.8.5.3). Null where it is not positive. */
export function durationOf({ properties, start, end }: MappingInput): string | null {
  const said = readDuration(properties.text('duration') ?? '');
  if (said !== null) return said.days < 0 || said.seconds < 0 ? null : formatDuration(said.days, said.seconds);
  if (start === null || end === null) return null;
  const seconds = (start.utc !== null && end.utc !== null ? end.utc - start.utc : end.civil - start.civil) + 0;
  if (seconds < 0) return null;
  return start.dateOnly ? formatDuration(Math.floor(seconds / DAY), seconds % DAY) : formatDuration(0, seconds);
}
