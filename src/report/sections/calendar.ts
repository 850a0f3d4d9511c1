import { bar } from '../chart.ts';
import { html, type Markup } from '../html.ts';
import type { ReportInput } from '../input.ts';
import { number } from '../measures.ts';
import { numeric, table } from '../table.ts';

const SHOWN = 40;

/** Calendar items by the year they begin in. */
export function calendarSection({ statistics }: ReportInput): Markup {
  const years = [...statistics.calendar].sort(([left], [right]) => left - right);
  if (years.length === 0) return html`<p class="note">The archive holds no calendar item.</p>`;
  const shown =
    years.length <= SHOWN
      ? years
      : years
          .toSorted(([, left], [, right]) => right.events + right.tasks - left.events - left.tasks)
          .slice(0, SHOWN)
          .sort(([left], [right]) => left - right);
  const most = shown.reduce((largest, [, { events, tasks }]) => Math.max(largest, events + tasks), 0);
  const rows = shown.map(([year, { events, tasks, recurring, overrides }]) => [
    year === -1 ? 'no date' : String(year).padStart(4, '0'),
    number(events),
    number(tasks),
    bar(events + tasks, most),
    number(recurring),
    number(overrides),
  ]);
  const headings = [
    'Year',
    numeric('Events'),
    numeric('Tasks'),
    'Proportion',
    numeric('Series'),
    numeric('Changed instances'),
  ];
  const left = years.length - shown.length;
  const note = left > 0 ? html`<p class="note">${number(left)} years with fewer items are not shown.</p>` : null;
  return html`${table('Calendar items by the year they begin in; a series once', headings, rows)}${note}`;
}
