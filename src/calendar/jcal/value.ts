import type { IssueCode, JsonValue } from '../../model/index.ts';
import { quote } from '../issue-list.ts';
import { readDateTime } from '../time/date-time.ts';
import { readDuration } from '../time/duration.ts';
import { propertyType } from './property-types.ts';
import { readRecur } from './recur.ts';
import { splitEscaped, unescapeText } from './text.ts';

/** One value in jCal, and what was wrong with it. A value that cannot be read keeps its text as type `unknown`. */
export interface JcalValue {
  readonly value: JsonValue;
  readonly type: string;
  readonly code?: IssueCode;
  readonly fault?: string;
}

const OFFSET = /^([+-])(\d{2}):?(\d{2})(?::?(\d{2}))?$/;
/** `0530`, `+530` and `+5` for `+0530` and `+0500`. */
const LOOSE_OFFSET = /^([+-]?)(\d{1,2})(?::?(\d{2}))?$/;
/** `52.5,13.4` and `52.5\\;13.4` for `52.5;13.4`. */
const LOOSE_GEO = /^[-+]?\d{1,3}(?:\.\d{1,20})?(?:,|\\[,;]) ?[-+]?\d{1,3}(?:\.\d{1,20})?$/;
const TIME = /^(\d{2}):?(\d{2}):?(\d{2})(Z?)$/;

const unreadable = (text: string, code: IssueCode, what: string): JcalValue => ({
  value: text,
  type: 'unknown',
  code,
  fault: `${quote(text)} is no ${what}`,
});

function dateValue(text: string, type: string, declared: boolean): JcalValue {
  const read = readDateTime(text);
  if (read === null) return unreadable(text, 'DATE_TIME_UNREADABLE', type === 'date' ? 'date' : 'date-time');
  const fault =
    read.fault === null ? {} : { code: 'PROPERTY_MALFORMED' as const, fault: `${quote(text)} ${read.fault}` };
  if (type === 'date' && !read.dateOnly) {
    // The value says more than its declaration: only a midnight can be meant as a date.
    const midnight = read.jcal.endsWith('T00:00:00');
    const note = `${quote(text)} is declared a date and has a time${midnight ? ', midnight, which was left out' : ''}`;
    const value = midnight ? read.jcal.slice(0, 10) : read.jcal;
    return { value, type: midnight ? 'date' : 'date-time', code: 'PROPERTY_MALFORMED', fault: note };
  }
  if (type === 'date' || !read.dateOnly) return { value: read.jcal, type, ...fault };
  const note = declared
    ? `${quote(text)} is declared a date-time and has no time`
    : `${quote(text)} is a date without VALUE=DATE`;
  return { value: read.jcal, type: 'date', code: 'PROPERTY_MALFORMED', fault: note };
}

function durationValue(text: string): JcalValue {
  const read = readDuration(text);
  if (read === null) return unreadable(text, 'DATE_TIME_UNREADABLE', 'duration');
  const value = text.trim().toUpperCase();
  if (!read.fault) return { value, type: 'duration' };
  return { value, type: 'duration', code: 'PROPERTY_MALFORMED', fault: `${quote(text)} has its units out of order` };
}

function periodValue(text: string): JcalValue {
  const at = text.indexOf('/');
  if (at === -1) return dateValue(text, 'date-time', true);
  const start = readDateTime(text.slice(0, at));
  const endText = text.slice(at + 1).trim();
  const end = readDuration(endText) === null ? readDateTime(endText)?.jcal : endText.toUpperCase();
  if (start === null || end === undefined) return unreadable(text, 'DATE_TIME_UNREADABLE', 'period');
  return { value: [start.jcal, end], type: 'period' };
}

/**
 * A number or truth value. Where VALUE declares the type RFC 7265 leaves no room for text, and 0 or false stands for
 * what cannot be read, as in ical.js; elsewhere the text stays, as `unknown`. Either way an issue quotes it.
 */
function scalarValue(text: string, type: string, declared: boolean): JcalValue {
  const trimmed = text.trim();
  if (type === 'boolean') {
    if (/^(true|false)$/i.test(trimmed)) return { value: trimmed.toLowerCase() === 'true', type };
  } else if (type === 'integer' ? /^[+-]?\d{1,15}$/.test(trimmed) : /^[+-]?\d{1,30}(\.\d{0,30})?$/.test(trimmed)) {
    return { value: Number(trimmed) + 0, type };
  }
  const fault = { code: 'PROPERTY_MALFORMED' as const, fault: `${quote(text)} is no ${type}` };
  return declared
    ? { value: type === 'boolean' ? false : 0, type, ...fault }
    : { value: text, type: 'unknown', ...fault };
}

function looseOffset(text: string): JcalValue {
  const [, sign = '', hours, minutes = '00'] = LOOSE_OFFSET.exec(text.trim()) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59)
    return unreadable(text, 'PROPERTY_MALFORMED', 'UTC offset');
  const value = `${sign === '' ? '+' : sign}${hours.padStart(2, '0')}:${minutes}`;
  return {
    value,
    type: 'utc-offset',
    code: 'PROPERTY_MALFORMED',
    fault: `${quote(text)} is not written as RFC 5545 has it`,
  };
}

function offsetValue(text: string): JcalValue {
  const [, sign = '', hours = '', minutes = '', seconds] = OFFSET.exec(text.trim()) ?? [];
  if (sign === '') return looseOffset(text);
  if (Number(hours) > 23 || Number(minutes) > 59) return unreadable(text, 'PROPERTY_MALFORMED', 'UTC offset');
  return { value: `${sign}${hours}:${minutes}${seconds === undefined ? '' : `:${seconds}`}`, type: 'utc-offset' };
}

function recurValue(text: string): JcalValue {
  const read = readRecur(text);
  if (read === null) return unreadable(text, 'RULE_UNREADABLE', 'recurrence rule');
  if (read.faults.length === 0) return { value: read.recur, type: 'recur' };
  return {
    value: read.recur,
    type: 'recur',
    code: 'RULE_UNREADABLE',
    fault: `${quote(text)}: ${read.faults.join('; ')}`,
  };
}

function oneValue(text: string, type: string, declared: boolean): JcalValue {
  switch (type) {
    case 'text':
      return { value: unescapeText(text), type };
    case 'date':
    case 'date-time':
      return dateValue(text, type, declared);
    case 'duration':
      return durationValue(text);
    case 'period':
      return periodValue(text);
    case 'recur':
      return recurValue(text);
    case 'boolean':
    case 'integer':
    case 'float':
      return scalarValue(text, type, declared);
    case 'utc-offset':
      return offsetValue(text);
    case 'time': {
      const [, hours, minutes, seconds, zone] = TIME.exec(text.trim()) ?? [];
      if (hours === undefined) return unreadable(text, 'DATE_TIME_UNREADABLE', 'time');
      return { value: `${hours}:${minutes}:${seconds}${zone}`, type };
    }
    case 'uri':
    case 'cal-address':
      return { value: text.trim(), type };
    case 'binary':
      return { value: text.replace(/\s+/g, ''), type };
    default:
      return { value: text, type };
  }
}

/** What type a value without VALUE is of where the property allows two: a TRIGGER's instant, an RDATE's period. */
function impliedType(type: string, text: string): string {
  if (type === 'duration' && readDuration(text) === null && readDateTime(text) !== null) return 'date-time';
  if (type === 'date-time' && text.includes('/')) return 'period';
  return type;
}

/** Reads a property's value into jCal values, all of one type unless one of them cannot be read. Never empty. */
export function readValues(name: string, declaredType: string | null, text: string): readonly JcalValue[] {
  const base = name.slice(name.lastIndexOf('.') + 1);
  const known = propertyType(base);
  const declared = declaredType !== null;
  const type = declaredType ?? impliedType(known.type, text);
  if (base === 'geo' && LOOSE_GEO.test(text)) {
    const [geo] = readValues(name, declaredType, text.replace(/\\?[,;]/, ';'));
    if (geo !== undefined)
      return [{ ...geo, code: 'PROPERTY_MALFORMED', fault: `${quote(text)} is not written as RFC 5545 has it` }];
  }
  if (known.structured && type === known.type) {
    const fields = splitEscaped(text, ';').map((field) => oneValue(field, type, declared));
    const broken = fields.find((field) => field.type !== type);
    if (broken !== undefined) return [{ ...broken, value: text, type: 'unknown' }];
    return [{ value: fields.map((field) => field.value), type }];
  }
  const pieces = known.list ? splitEscaped(text, ',') : [text];
  return pieces.map((piece) => oneValue(piece, type, declared));
}
