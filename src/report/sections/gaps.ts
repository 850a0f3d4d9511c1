import { html, type Markup } from '../html.ts';
import type { ReportInput } from '../input.ts';
import { monthSpan, number } from '../measures.ts';
import { monthGaps, monthRange } from '../month-range.ts';
import { numeric, table } from '../table.ts';

const SHOWN = 20;

/** Months without mail between the first month with mail and the last. */
export function gapsSection({ statistics }: ReportInput): Markup {
  const range = monthRange(statistics.months);
  if (range === null) return html`<p class="note">No message carries a date that can be read.</p>`;
  const gaps = monthGaps(statistics.months, range);
  const span = monthSpan(range.first, range.last);
  if (gaps.length === 0) return html`<p class="note">Every month of ${span} has mail.</p>`;
  const rows = gaps
    .slice(0, SHOWN)
    .map(({ first, last, before, after }) => [
      monthSpan(first, last),
      number(last - first + 1),
      number(before),
      number(after),
    ]);
  const more =
    gaps.length > SHOWN ? html`<p class="note">${number(gaps.length - SHOWN)} shorter ones are not shown.</p>` : null;
  const headings = [
    'Months',
    numeric('How many'),
    numeric('Messages in the month before'),
    numeric('In the month after'),
  ];
  return html`${table(`Runs of months without mail in ${span}, longest first`, headings, rows)}${more}`;
}
