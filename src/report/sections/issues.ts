import { type Content, code, foreign, html, type Markup } from '../html.ts';
import type { ReportInput } from '../input.ts';
import { counted, number } from '../measures.ts';
import type { IssueClass } from '../statistics.ts';
import { numeric, table } from '../table.ts';
import { severityWord } from './verdict.ts';

const WEIGHT = { error: 0, warning: 1, info: 2 } as const;

function examples({ code: name, count, examples: held }: IssueClass): Markup {
  const rows: Content[][] = held.map(({ record, entry, message }) => [
    code(record),
    foreign(message, 400),
    foreign(entry),
  ]);
  const title = `${name}: ${held.length === count ? 'all' : 'the first'} ${number(held.length)} of ${number(count)}`;
  return html`<details><summary>${title}</summary>${table(title, ['Record', 'What it says', 'Entry'], rows)}</details>`;
}

/** Imperfections of single items, by class, with examples. */
export function issuesSection({ statistics }: ReportInput): Markup {
  const classes = [...statistics.issues.values()].sort(
    (left, right) =>
      WEIGHT[left.severity] - WEIGHT[right.severity] || right.count - left.count || (left.code < right.code ? -1 : 1),
  );
  if (classes.length === 0) return html`<p class="note">No item has an issue.</p>`;
  const total = classes.reduce((sum, { count }) => sum + count, 0);
  const rows = classes.map(({ code: name, severity, count, examples: held }) => [
    html`<span class="whole">${code(name)}</span>`,
    severityWord(severity),
    number(count),
    foreign(held[0]?.message ?? '', 200),
  ]);
  const caption = `${counted(total, 'issue')} in ${counted(classes.length, 'class', 'classes')}`;
  return html`${table(caption, ['Class', 'Severity', numeric('Items'), 'For example'], rows)}${classes.map(examples)}`;
}
