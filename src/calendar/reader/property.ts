import type { IssueCode, JsonValue } from '../../model/index.ts';
import { type IssueList, quote } from '../issue-list.ts';
import type { JcalParameters, JcalProperty } from '../jcal/types.ts';
import { readValues } from '../jcal/value.ts';
import type { ContentLine } from './content-line.ts';
import { decodeQuotedPrintable } from './octets.ts';
import { readBasicRule, toCommaList } from './vcalendar.ts';

/** Types VALUE can name that are spelt otherwise in the wild. */
const TYPE_ALIASES = new Map([
  ['datetime', 'date-time'],
  ['url', 'uri'],
  ['content-id', 'uri'],
  ['cid', 'uri'],
]);

const NAME = /^[a-z0-9.-]{1,64}$/;

/** Parameters that do not go into jCal as such: VALUE is the type's; these two are spent once a value is decoded. */
interface Special {
  value: string | null;
  encoding: string | null;
  charset: string | null;
}

const SPECIAL: Readonly<Record<string, keyof Special>> = { value: 'value', encoding: 'encoding', charset: 'charset' };
const NO_PARAMETERS: JcalParameters = Object.freeze({});

/** Collects parameters: jCal holds each once (RFC 7265 §3.5), and has VALUE in the type's place. */
function collect(line: ContentLine, label: string, issues: IssueList): { object: JcalParameters; special: Special } {
  const special: Special = { value: null, encoding: null, charset: null };
  if (line.parameters.length === 0) return { object: NO_PARAMETERS, special };
  const object: Record<string, string | readonly string[]> = {};
  for (const [name, value] of line.parameters) {
    if (Object.hasOwn(object, name)) {
      issues.add('PROPERTY_REPEATED', `The parameter ${quote(name)} stands twice; the first is taken.`, label);
      continue;
    }
    // A parameter may be called `__proto__`: assigned, it would change the object instead of entering it.
    if (name === '__proto__')
      Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
    else object[name] = value;
    const key = Object.hasOwn(SPECIAL, name) ? SPECIAL[name] : undefined;
    if (key !== undefined) special[key] = typeof value === 'string' ? value : (value[0] ?? null);
  }
  if (special.value !== null) delete object['value'];
  if (special.encoding?.toUpperCase() === 'QUOTED-PRINTABLE') {
    delete object['encoding'];
    delete object['charset'];
  }
  return { object, special };
}

/**
 * Reads a content line into jCal properties: one, or several where its values are of different types.
 * What cannot be read stays as text of type `unknown`, with an issue.
 */
export function readProperty(line: ContentLine, basic: boolean, issues: IssueList): readonly JcalProperty[] {
  const label = NAME.test(line.name) ? line.name.toUpperCase() : quote(line.name);
  const report = (code: IssueCode, what: string) => issues.add(code, `${label}: ${what}.`, label);
  if (line.fault !== null) report('PROPERTY_MALFORMED', line.fault);
  const { object, special } = collect(line, label, issues);
  const encoding = special.encoding?.toUpperCase() ?? null;
  const declared = special.value?.trim().toLowerCase() ?? '';
  let type = declared === '' ? null : (TYPE_ALIASES.get(declared) ?? declared);
  let { value } = line;
  if (encoding === 'QUOTED-PRINTABLE') value = decodeQuotedPrintable(value, special.charset);
  else if ((encoding === 'BASE64' || encoding === 'B') && type === null) type = 'binary';
  if (basic) {
    const rule = line.name === 'rrule' || line.name === 'exrule' ? readBasicRule(value) : null;
    if (rule !== null) return [[line.name, object, 'recur', rule]];
    value = toCommaList(line.name, value);
  }
  const read = readValues(line.name, type, value);
  for (const each of read) if (each.fault !== undefined) report(each.code ?? 'PROPERTY_MALFORMED', each.fault);
  const [only] = read;
  if (only !== undefined && read.length === 1) return [[line.name, object, only.type, only.value]];
  const groups: [string, JsonValue[]][] = [];
  for (const each of read) {
    const last = groups.at(-1);
    if (last !== undefined && last[0] === each.type) last[1].push(each.value);
    else groups.push([each.type, [each.value]]);
  }
  return groups.map(([groupType, values]) => [line.name, object, groupType, ...values] as const);
}
