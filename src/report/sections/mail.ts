import { type Column, columnChart } from '../chart.ts';
import type { FrequentCounts } from '../frequent-counts.ts';
import { type Content, foreign, html, type Markup } from '../html.ts';
import type { ReportInput } from '../input.ts';
import { counted, monthName, monthSpan, number, octets } from '../measures.ts';
import { monthRange } from '../month-range.ts';
import { SIZE_BOUNDS, type Statistics } from '../statistics.ts';
import { numeric, type Ranked, rankedTable, table } from '../table.ts';

/** A chart has no more columns than this. */
const COLUMNS = 132;
/** What a column stands for, the finest first: mail dated 1601 and 9999 would else be a table of eight thousand years. */
const UNITS = [
  { unit: 'month', months: 1, label: monthName },
  { unit: 'year', months: 12, label: (month: number) => monthName(month).slice(0, 4) },
  { unit: 'decade', months: 120, label: (month: number) => `${monthName(month).slice(0, 3)}0s` },
  {
    unit: 'century',
    months: 1200,
    label: (month: number) => `${monthName(month).slice(0, 2)}00–${monthName(month).slice(0, 2)}99`,
  },
] as const;
const FOLDERS = 25;
const TYPES = 12;

interface Period {
  readonly label: string;
  readonly count: number;
  readonly octets: number;
}

/** The months of a range one by one, empty ones too; years, decades, centuries where they would be too many. */
function periods({ months }: Statistics, first: number, last: number): { unit: string; all: Period[] } {
  const columns = (size: number) => Math.floor(last / size) - Math.floor(first / size) + 1;
  const { unit, months: size, label } = UNITS.find((each) => columns(each.months) <= COLUMNS) ?? UNITS[3];
  const from = Math.floor(first / size);
  const all = Array.from({ length: columns(size) }, (_, place) => ({
    label: label((from + place) * size),
    count: 0,
    octets: 0,
  }));
  for (const [month, { count, octets: added }] of months) {
    const period = month < first || month > last ? undefined : all[Math.floor(month / size) - from];
    if (period === undefined) continue;
    period.count += count;
    period.octets += added;
  }
  return { unit, all };
}

function byMonth({ statistics }: ReportInput): Markup {
  const range = monthRange(statistics.months);
  if (range === null) return html`<p class="note">No message carries a date that can be read.</p>`;
  const { unit, all } = periods(statistics, range.first, range.last);
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
<details><summary>The numbers of the chart</summary>${table(title, [`${unit.charAt(0).toUpperCase()}${unit.slice(1)}`, numeric('Messages'), numeric('Size')], rows)}</details>`;
}

/** The most frequent keys as rows, with a line for the rest where all keys are known. */
export function rankedRows(counts: FrequentCounts, limit: number, name: (key: string) => Content): Ranked[] {
  return counts.top(limit).map(({ key, count, octets: size }) => ({ name: name(key), count, octets: size }));
}

/** What a list of the most frequent leaves out, and how exact it is. */
export function restNote(counts: FrequentCounts, limit: number, one: string, many = `${one}s`): Markup | null {
  const sentences: string[] = [];
  const further = counts.size - limit;
  // Those that were let go to keep the counting small are not known any more.
  const least = counts.error > 0 ? 'At least ' : '';
  if (further > 0) sentences.push(`${least}${counted(further, `further ${one}`, `further ${many}`)} not shown.`);
  else if (counts.error > 0) sentences.push(`Further ${many} are not shown.`);
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
