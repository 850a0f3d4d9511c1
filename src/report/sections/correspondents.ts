import { foreign, html, type Markup } from '../html.ts';
import type { ReportInput } from '../input.ts';
import { rankedTable } from '../table.ts';
import { rankedRows, restNote } from './mail.ts';

const SHOWN = 15;

/** Who wrote most, and to whom most was written. */
export function correspondentsSection({ statistics }: ReportInput): Markup {
  const { senders, recipients, messages } = statistics;
  if (senders.size + recipients.size === 0) return html`<p class="note">No message names a sender or a recipient.</p>`;
  const side = (title: string, counts: typeof senders) => {
    const rows = rankedRows(counts, SHOWN, (key) => foreign(key)).map(({ name, count }) => ({ name, count }));
    return html`<h3>${title}</h3>${rankedTable(`${title}, by messages`, 'Address', 'Messages', rows, messages)}${restNote(counts, SHOWN, 'address', 'addresses')}`;
  };
  return html`${side('Senders', senders)}${side('Recipients', recipients)}`;
}
