import type { JsonValue } from '../../model/index.ts';
import { foreign, html, type Markup } from '../html.ts';
import type { ReportInput } from '../input.ts';

/** What an export cannot show, whoever reads it. */
const LIMITS: readonly string[] = [
  'An export job runs over a period of time: the archive is not a snapshot of one moment.',
  'Contacts, tasks and notes are not exported by WorkMail.',
  'Whether read and flagged states and recoverable items are in an export is not documented.',
];
const OF_THE_REPORT: readonly string[] = [
  'WorkMail may render a message anew before it stores it: a DKIM signature that no longer verifies proves nothing by itself.',
  'Months are those of the senders’ own clocks and time zones.',
  'This page is derived. The evidence is the archive’s octets and the digests in manifest.json.',
];

const isText = (value: JsonValue): value is string => typeof value === 'string';

/** What the source cannot tell. */
export function limitsSection({ custody }: ReportInput): Markup {
  const recorded = custody?.['limits'];
  const own = Array.isArray(recorded) ? recorded.filter(isText) : [];
  const all = new Set([...(own.length > 0 ? own : LIMITS), ...OF_THE_REPORT]);
  return html`<ul>${[...all].map((limit) => html`<li>${foreign(limit, 600)}</li>`)}</ul>`;
}
