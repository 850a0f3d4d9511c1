/** How a property's value is read where VALUE does not say (RFC 5545 §3.8, RFC 7265 §3.4.1, RFC 7986, 7953, 9073, 9074, 9253). */
export interface PropertyType {
  readonly type: string;
  /** Several values, separated by commas. */
  readonly list?: true;
  /** One value of several fields, separated by semicolons (RFC 7265 §3.4.1.3). */
  readonly structured?: true;
}

const TEXT: PropertyType = { type: 'text' };
const TEXTS: PropertyType = { type: 'text', list: true };
const DATE_TIME: PropertyType = { type: 'date-time' };
const INTEGER: PropertyType = { type: 'integer' };
const URI: PropertyType = { type: 'uri' };
const OFFSET: PropertyType = { type: 'utc-offset' };
const DURATION: PropertyType = { type: 'duration' };
const RECUR: PropertyType = { type: 'recur' };
const ADDRESS: PropertyType = { type: 'cal-address' };

const TYPES = new Map<string, PropertyType>([
  ['acknowledged', DATE_TIME],
  ['action', TEXT],
  ['attach', URI],
  ['attendee', ADDRESS],
  ['busytype', TEXT],
  ['calendar-address', ADDRESS],
  ['calscale', TEXT],
  ['categories', TEXTS],
  ['class', TEXT],
  ['color', TEXT],
  ['comment', TEXT],
  ['completed', DATE_TIME],
  ['concept', URI],
  ['conference', URI],
  ['contact', TEXT],
  ['created', DATE_TIME],
  ['description', TEXT],
  ['dtend', DATE_TIME],
  ['dtstamp', DATE_TIME],
  ['dtstart', DATE_TIME],
  ['due', DATE_TIME],
  ['duration', DURATION],
  ['exdate', { type: 'date-time', list: true }],
  ['exrule', RECUR],
  ['freebusy', { type: 'period', list: true }],
  ['geo', { type: 'float', structured: true }],
  ['image', URI],
  ['last-modified', DATE_TIME],
  ['link', URI],
  ['location', TEXT],
  ['location-type', TEXTS],
  ['method', TEXT],
  ['name', TEXT],
  ['organizer', ADDRESS],
  ['participant-type', TEXT],
  ['percent-complete', INTEGER],
  ['priority', INTEGER],
  ['prodid', TEXT],
  ['proximity', TEXT],
  ['rdate', { type: 'date-time', list: true }],
  ['recurrence-id', DATE_TIME],
  ['refid', TEXT],
  ['refresh-interval', DURATION],
  ['related-to', TEXT],
  ['repeat', INTEGER],
  ['request-status', { type: 'text', structured: true }],
  ['resource-type', TEXT],
  ['resources', TEXTS],
  ['rrule', RECUR],
  ['sequence', INTEGER],
  ['source', URI],
  ['status', TEXT],
  ['structured-data', TEXT],
  ['styled-description', TEXT],
  ['summary', TEXT],
  ['transp', TEXT],
  ['trigger', DURATION],
  ['tzid', TEXT],
  ['tzid-alias-of', TEXT],
  ['tzname', TEXT],
  ['tzoffsetfrom', OFFSET],
  ['tzoffsetto', OFFSET],
  ['tzuntil', DATE_TIME],
  ['tzurl', URI],
  ['uid', TEXT],
  ['url', URI],
  ['version', TEXT],
  ['xml', TEXT],
]);

/** `unknown` for what no RFC defines (RFC 7265 §5.1). */
const UNKNOWN: PropertyType = { type: 'unknown' };

/** By a name in lower case, without its group. */
export function propertyType(name: string): PropertyType {
  return TYPES.get(name) ?? UNKNOWN;
}
