export type { JcalComponent, JcalParameters, JcalProperty } from './jcal/types.ts';
export { type ParseCalendarOptions, parseCalendar, readJcal } from './parse.ts';
export { looksLikeCalendar } from './reader/sniff.ts';
export { DEFAULT_MAXIMUM, type ExpandOptions, expand, type Instance } from './recurrence/expand.ts';
export type { Expandable } from './recurrence/series.ts';
export type { NamedZone } from './zone/names.ts';
export { zoneByName } from './zone/resolve.ts';
export { civilOfUtc, utcOfCivil, type Zone } from './zone/zone.ts';
