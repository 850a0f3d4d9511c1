import type { CalendarAttachment, CalendarComponent, JsonObject, JsonValue } from '../../model/index.ts';
import type { JcalComponent, JcalProperty, PropertyIndex } from '../jcal/types.ts';
import type { ResolvedZone } from '../zone/resolve.ts';
import type { ItemTime, TimeReader } from './times.ts';

/** What an item is made of, read. */
export interface MappingInput {
  readonly component: CalendarComponent;
  readonly properties: PropertyIndex;
  readonly alarms: readonly JcalComponent[];
  /** The properties of the VCALENDAR around it. */
  readonly calendar: PropertyIndex | null;
  readonly method: string | null;
  readonly start: ItemTime | null;
  /** DTEND or DUE as written, or the start plus DURATION. */
  readonly end: ItemTime | null;
  readonly recurrenceId: ItemTime | null;
  readonly recurrence: readonly [string, JsonValue][];
  readonly attachments: ReadonlyMap<JcalProperty, CalendarAttachment>;
  readonly times: TimeReader;
  /** The RFC 8984 TimeZoneId of a zone. */
  readonly zoneName: (zone: ResolvedZone) => string;
  readonly timeZones: JsonObject | null;
}
