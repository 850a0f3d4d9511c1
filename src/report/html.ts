import { visiblePieces } from './visible.ts';

/** HTML that is known to be safe: made by `html`, or by what stands in this room. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = string | number | Markup | null | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element's content or a quoted attribute. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** Deceiving characters by their names, in plain text: for titles, attributes and whatever was not thought foreign. */
export const named = (text: string): string =>
  visiblePieces(text, Number.POSITIVE_INFINITY)
    .map((piece) => piece.text)
    .join('');

function render(content: Content): string {
  if (content === null) return '';
  if (typeof content === 'string') return escaped(named(content));
  if (typeof content === 'number') return String(content);
  return content instanceof Markup ? content.text : content.map(render).join('');
}

/** A template whose values are escaped unless they are markup already: nothing foreign gets in by being forgotten. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(
    parts.map((part, place) => (place === 0 ? part : render(values[place - 1] ?? null) + part)).join(''),
  );
}

/** Letters of right-to-left scripts, by their blocks (UAX #9, classes R and AL). */
const RIGHT_TO_LEFT = '\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefe\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1efff}';
const FROM_THE_RIGHT = new RegExp(
  `[${RIGHT_TO_LEFT}](?:[${RIGHT_TO_LEFT}\\p{M}\\u200c\\u200d ,!?'"-]*[${RIGHT_TO_LEFT}])?`,
  'gu',
);

/**
 * Words from right to left, each isolated by itself: left to the rules of UAX #9, the slashes and digits between them go
 * along, and an entry `…/3.eml` below a folder in Arabic is shown as `eml.3/…`.
 */
function isolated(text: string): Content[] {
  const pieces: Content[] = [];
  let end = 0;
  for (const { 0: words, index } of text.matchAll(FROM_THE_RIGHT)) {
    pieces.push(text.slice(end, index), html`<bdi>${words}</bdi>`);
    end = index + words.length;
  }
  return [...pieces, text.slice(end)];
}

/**
 * Text from the mailbox: its direction isolated from ours by `bdi`, every deceiving character named where it stands.
 * `limit` in characters.
 */
export function foreign(text: string, limit?: number): Markup {
  const pieces = visiblePieces(text, limit).map((piece) =>
    piece.named ? html`<span class="named">${piece.text}</span>` : html`${isolated(piece.text)}`,
  );
  // Paths, addresses and our own sentences around names go from left to right, whatever letter comes first.
  return text.search(FROM_THE_RIGHT) === -1 ? html`<bdi>${pieces}</bdi>` : html`<bdi dir="ltr">${pieces}</bdi>`;
}

/** A digest, a path or a command: in fixed pitch, with places where a line may break. */
export const code = (text: string): Markup => html`<code>${foreign(text, 2000)}</code>`;
