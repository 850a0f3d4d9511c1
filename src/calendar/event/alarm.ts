import { textOf } from '../jcal/json.ts';
import { type JcalComponent, PropertyIndex, parameter } from '../jcal/types.ts';
import { formatSignedDuration, readDuration } from '../time/duration.ts';
import type { TimeReader } from './times.ts';

/** An alarm, read: either its offset or its instant is known. */
export interface Alarm {
  /** RFC 8984 SignedDuration. */
  readonly offset: string | null;
  /** RFC 3339 UTC. */
  readonly when: string | null;
  readonly relatedToEnd: boolean;
  /** Upper case. */
  readonly action: string | null;
  readonly acknowledged: string | null;
}

/** Reads a VALARM (RFC 5545 §3.6.6). Null where its trigger cannot be read or its instant floats: it stays in the jCal alone. */
export function readAlarm(alarm: JcalComponent, times: TimeReader): Alarm | null {
  const properties = new PropertyIndex(alarm);
  const trigger = properties.first('trigger');
  if (trigger === null) return null;
  const offset = trigger[2] === 'duration' ? readDuration(textOf(trigger[3])) : null;
  const when = trigger[2] === 'date-time' ? times.instant(trigger) : null;
  if (offset === null && when === null) return null;
  return {
    offset: offset === null ? null : formatSignedDuration(offset),
    when,
    relatedToEnd: parameter(trigger, 'related')?.toUpperCase() === 'END',
    action: properties.text('action')?.toUpperCase() ?? null,
    acknowledged: times.instant(properties.first('acknowledged')),
  };
}
