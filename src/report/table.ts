import { bar } from './chart.ts';
import { type Content, html, type Markup } from './html.ts';
import { number, octets, share } from './measures.ts';

/** A column's heading, and whether it holds numbers. */
export type Heading = string | { readonly text: string; readonly numeric: true };

export const numeric = (text: string): Heading => ({ text, numeric: true });

/** A table with a caption and row headers: the first cell of each row names it. */
export function table(caption: string, headings: readonly Heading[], rows: readonly (readonly Content[])[]): Markup {
  const isNumeric = headings.map((heading) => typeof heading !== 'string');
  const head = headings.map((heading) =>
    typeof heading === 'string'
      ? html`<th scope="col">${heading}</th>`
      : html`<th scope="col" class="number">${heading.text}</th>`,
  );
  const body = rows.map((row) => {
    const cells = row.map((cell, place) => {
      if (place === 0) return html`<th scope="row">${cell}</th>`;
      return isNumeric[place] === true ? html`<td class="number">${cell}</td>` : html`<td>${cell}</td>`;
    });
    return html`<tr>${cells}</tr>`;
  });
  // Four columns and more are scrolled on a narrow screen: squeezed, an ARN stands one syllable a line.
  const wide = headings.length > 3 ? html` class="wide"` : null;
  return html`<div class="scroll" role="group" tabindex="0" aria-label="${caption}"><table${wide}><caption><span>${caption}</span></caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

export interface Ranked {
  readonly name: Content;
  readonly count: number;
  /** Absent: the table has no column of octets. */
  readonly octets?: number;
}

/** A table whose rows carry a bar: a chart that is read as a table where it cannot be seen. */
export function rankedTable(
  caption: string,
  what: string,
  counted: string,
  rows: readonly Ranked[],
  total: number,
): Markup {
  if (rows.length === 0) return html`<p class="note">None.</p>`;
  const most = rows.reduce((largest, { count }) => Math.max(largest, count), 0);
  const withOctets = rows.some((row) => row.octets !== undefined);
  const headings: Heading[] = [what, numeric(counted), 'Proportion', numeric('Share')];
  if (withOctets) headings.push(numeric('Size'));
  const body = rows.map((row) => {
    const cells: Content[] = [row.name, number(row.count), bar(row.count, most), share(row.count, total)];
    return withOctets ? [...cells, octets(row.octets ?? 0)] : cells;
  });
  return table(caption, headings, body);
}

/** Names and what belongs to them. Rows without a value are left out; without any there is no table. */
export function facts(caption: string, rows: readonly (readonly [string, Content])[]): Markup | null {
  const shown = rows.filter(([, value]) => value !== null && value !== '');
  if (shown.length === 0) return null;
  const cells = shown.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`);
  return html`<div class="scroll" role="group" tabindex="0" aria-label="${caption}"><table class="facts"><caption><span>${caption}</span></caption><tbody>${cells}</tbody></table></div>`;
}
