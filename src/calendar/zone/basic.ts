import type { JsonObject } from '../../model/index.ts';
import { type PropertyIndex, values } from '../jcal/types.ts';
import { formatLocal } from '../time/civil.ts';
import { readDateTime } from '../time/date-time.ts';
import { definedZone } from './defined.ts';
import { offsetZone } from './names.ts';
import { type ResolvedZone, resolvedByName } from './resolve.ts';

const plain = (offset: string): string => {
  const [, sign = '+', hours = '0', minutes = '00'] = /^([+-])?(\d{1,2}):?(\d{2})?$/.exec(offset.trim()) ?? [];
  return `${sign}${hours.padStart(2, '0')}${minutes}`;
};

/**
 * The zone of a vCalendar 1.0's times without `Z`: TZ is its standard offset, each DAYLIGHT a summer
 * (`TRUE;-07;19960407T025959;19961027T010000;PST;PDT`). Null where TZ is absent: the times then float.
 */
export function basicZone(calendar: PropertyIndex): ResolvedZone | null {
  const offset = calendar.text('tz');
  const standard = offset === null ? null : offsetZone(offset.trim());
  if (offset === null || standard === null) return null;
  const summers: JsonObject[] = [];
  const winters: JsonObject[] = [];
  for (const property of calendar.all('daylight')) {
    const [observed, summer = '', from = '', to = ''] = values(property).map(String).join(';').split(';', 6);
    const [begin, end] = [readDateTime(from), readDateTime(to)];
    if (observed?.toUpperCase() !== 'TRUE' || offsetZone(summer.trim()) === null || begin === null || end === null)
      continue;
    const [winterOffset, summerOffset] = [plain(offset), plain(summer)];
    summers.push({
      '@type': 'TimeZoneRule',
      start: formatLocal(begin.civil),
      offsetFrom: winterOffset,
      offsetTo: summerOffset,
    });
    winters.push({
      '@type': 'TimeZoneRule',
      start: formatLocal(end.civil),
      offsetFrom: summerOffset,
      offsetTo: winterOffset,
    });
  }
  if (summers.length === 0) return resolvedByName(standard);
  const tzId = `TZ${plain(offset)}`;
  const definition = { '@type': 'TimeZone', tzId, standard: winters, daylight: summers };
  const zone = definedZone(tzId, definition, null);
  return zone === null ? null : { zone, name: tzId, standard: null, definition, guessed: false };
}
