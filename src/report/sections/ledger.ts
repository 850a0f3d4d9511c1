import { foreign, html, type Markup } from '../html.ts';
import type { ReportInput } from '../input.ts';
import { number, octets } from '../measures.ts';
import { numeric, table } from '../table.ts';

interface Block {
  readonly title: string;
  readonly lines: readonly (readonly [string, number])[];
  readonly total: readonly [string, number];
  readonly unaccounted: number;
}

function blocks({ ledger }: ReportInput): Block[] {
  const { archive, entries, items, parts } = ledger;
  return [
    {
      title: 'Octets of the archive',
      lines: [
        ['Headers', archive.headers],
        ['Data', archive.data],
        ['Data descriptors', archive.descriptors],
        ['Directory', archive.directory],
        ['Named gaps', archive.gapBytes],
      ],
      total: ['Archive', archive.size],
      unaccounted: archive.unaccounted,
    },
    {
      title: 'Entries',
      lines: [
        ['Items', entries.items],
        ['Folders', entries.directories],
        ['Logs', entries.logs],
        ['Other', entries.other],
        ['Unreadable', entries.unreadable],
      ],
      total: ['Entries found', entries.found],
      unaccounted: entries.unaccounted,
    },
    {
      title: 'Items',
      lines: [
        ['Read', items.read],
        ['Read with issues', items.readWithIssues],
        ['Unreadable', items.unreadable],
      ],
      total: ['Items', items.total],
      unaccounted: items.unaccounted,
    },
    {
      title: 'Parts of messages',
      lines: [
        ['Extracted', parts.extracted],
        ['Failed', parts.failed],
      ],
      total: ['Parts declared', parts.declared],
      unaccounted: parts.unaccounted,
    },
  ];
}

/** What is shown of a list of gaps; the ledger has all. */
const GAPS = 10;

/** Where every octet, entry, item and part went. */
export function ledgerSection(input: ReportInput): Markup {
  const tables = blocks(input).map(({ title, lines, total, unaccounted }) => {
    const remainder = unaccounted < 0 ? `−${number(-unaccounted)}` : number(unaccounted);
    return table(
      title,
      ['Where it went', numeric('Count')],
      [
        ...lines.map(([name, count]) => [name, number(count)]),
        [html`<strong>${total[0]}</strong>`, html`<strong>${number(total[1])}</strong>`],
        ['Unaccounted for', html`<span class="word ${unaccounted === 0 ? 'good' : 'bad'}">${remainder}</span>`],
      ],
    );
  });
  const { gaps } = input.ledger.archive;
  const gapRows = gaps
    .slice(0, GAPS)
    .map(({ start, end, reason }) => [`${number(start)} to ${number(end)}`, octets(end - start), foreign(reason)]);
  const more =
    gaps.length > GAPS ? html`<p class="note">${number(gaps.length - GAPS)} more are in ledger.json.</p>` : null;
  const gapTable =
    gaps.length === 0
      ? null
      : html`${table('Gaps between entries', ['Octets', numeric('Size'), 'Reason'], gapRows)}${more}`;
  return html`<div class="pairs">${tables}</div>${gapTable}`;
}
