import { type Column, columnChart } from '../chart.ts';
import type { FrequentCounts } from '../frequent-counts.ts';
import { type Content, foreign, html, type Markup } from '../html.ts';
import type { ReportInput } from '../input.ts';
import { counted, monthName, monthSpan, number, octets } from '../measures.ts';
import { monthRange } from '../month-range.ts';
import { SIZE_BOUNDS, type Statistics } from '../statistics.ts';
import { numeric, type Ranked, rankedTable, table } from '../table.ts';

/** Beyond so many months a column is a year. */
const MONTH_COLUMNS = 132;
const FOLDERS = 25;
const TYPES = 12;

interface Period {
  readonly label: string;
  readonly count: number;
  readonly octets: number;
}

/** The months of a range one by one, empty ones too; years where they would be too many. */
function periods({ months }: Statistics, first: number, last: number): Period[] {
  const byYear = last - first >= MONTH_COLUMNS;
  const sums = new Map<string, Period>();
  for (let month = first; month <= last; month++) {
    const label = byYear ? monthName(month).slice(0, 4) : monthName(month);
    const { count, octets: size } = months.get(month) ?? { count: 0, octets: 0 };
    const before = sums.get(label);
    sums.set(label, { label, count: (before?.count ?? 0) + count, octets: (before?.octets ?? 0) + size });
  }
  return [...sums.values()];
}

function byMonth({ statistics }: ReportInput): Markup {
  const range = monthRange(statistics.months);
  if (range === null) return html`<p class="note">No message carries a date that can be read.</p>`;
  const all = periods(statistics, range.first, range.last);
  const unit = all[0]?.label.length === 4 ? 'year' : 'month';
  const columns: Column[] = all.map(({ label, count, octets: size }) => ({
    label,
    value: count,
    title: `${label}: ${counted(count, 'message')}, ${octets(size)}`,
  }));
  const most = all.reduce((largest, each) => (each.count > largest.count ? each : largest));
  const description = `From ${all[0]?.label ?? ''} to ${all.at(-1)?.label ?? ''}. The most came in ${most.label}: ${counted(most.count, 'message')}. The numbers are in the table below the chart.`;
  const strays = [
    statistics.undated === 0 ? null : `${counted(statistics.undated, 'message')} without a date that can be read`,
    range.before === 0 ? null : `${counted(range.before, 'message')} dated before ${monthName(range.first)}`,
    range.after === 0 ? null : `${counted(range.after, 'message')} dated after ${monthName(range.last)}`,
  ].filter((stray) => stray !== null);
  const rows = all.map(({ label, count, octets: size }) => [label, number(count), octets(size)]);
  const title = `Messages by ${unit}, ${monthSpan(range.first, range.last)}`;
  return html`<figure><figcaption>${title}, as dated by their senders. Messages within other messages are not counted.</figcaption>${columnChart('by-month', title, description, columns)}</figure>
${strays.length === 0 ? null : html`<p class="note">Not in the chart: ${strays.join('; ')}.</p>`}
<details><summary>The numbers of the chart</summary>${table(title, [unit === 'year' ? 'Year' : 'Month', numeric('Messages'), numeric('Size')], rows)}</details>`;
}

/** The most frequent keys as rows, with a line for the rest where all keys are known. */
export function rankedRows(counts: FrequentCounts, limit: number, name: (key: string) => Content): Ranked[] {
  return counts.top(limit).map(({ key, count, octets: size }) => ({ name: name(key), count, octets: size }));
}

/** What a list of the most frequent leaves out, and how exact it is. */
export function restNote(counts: FrequentCounts, limit: number, one: string, many = `${one}s`): Markup | null {
  const sentences: string[] = [];
  if (counts.size > limit)
    sentences.push(`${counted(counts.size - limit, `further ${one}`, `further ${many}`)} not shown.`);
  if (counts.error > 0) {
    sentences.push(
      `There were more than can be counted one by one: each count may be too low by ${number(counts.error)}.`,
    );
  }
  return sentences.length === 0 ? null : html`<p class="note">${sentences.join(' ')}</p>`;
}

const folderName = (key: string): Markup => (key === '' ? html`<em>no folder</em>` : foreign(key));

const SIZE_NAMES: readonly string[] = [...SIZE_BOUNDS, null].map((bound, place) => {
  const from = place === 0 ? null : SIZE_BOUNDS[place - 1];
  if (from === null || from === undefined) return `below ${octets(bound ?? 0)}`;
  return bound === null ? `${octets(from)} and more` : `${octets(from)} to ${octets(bound)}`;
});

/** The mail by month, folder, type and size. */
export function mailSection(input: ReportInput): Markup {
  const { statistics } = input;
  const items = statistics.sizes.reduce((sum, { count }) => sum + count, 0);
  const types: Ranked[] = [...statistics.types]
    .sort(([, left], [, right]) => right.count - left.count)
    .map(([name, { count, octets: size }]) => ({ name, count, octets: size }));
  const all = types.reduce((sum, { count }) => sum + count, 0);
  const files = rankedRows(statistics.attachments, TYPES, (key) => foreign(key));
  const fileCount = statistics.attachments.top(Number.MAX_SAFE_INTEGER).reduce((sum, { count }) => sum + count, 0);
  const sizes = statistics.sizes.map((held, place) => ({ name: SIZE_NAMES[place] ?? '', ...held }));
  const attachments =
    files.length === 0
      ? null
      : html`<h3>Attachments by type</h3>${rankedTable('Attachments by the type their sender declared', 'Type', 'Attachments', files, fileCount)}${restNote(statistics.attachments, TYPES, 'type')}`;
  return html`<h3>By month</h3>${byMonth(input)}
<h3>By folder</h3>${rankedTable('Items by folder, as the archive names it', 'Folder', 'Items', rankedRows(statistics.folders, FOLDERS, folderName), items)}${restNote(statistics.folders, FOLDERS, 'folder')}
<h3>By type</h3>${rankedTable('Items by type', 'Type', 'Items', types, all)}
<h3>By size</h3>${rankedTable('Items by size, none within another', 'Size class', 'Items', sizes, items)}
${attachments}`;
}
