import { escaped, html, Markup } from './html.ts';
import { number } from './measures.ts';

/** One column of a chart. */
export interface Column {
  readonly label: string;
  readonly value: number;
  /** What the pointer shows over it. */
  readonly title: string;
}

const WIDTH = 760;
const HEIGHT = 220;
const LEFT = 52;
const TOP = 12;
const BOTTOM = 26;
const PLOT_WIDTH = WIDTH - LEFT - 4;
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;
/** Labels below the columns: more would run into each other. */
const LABELS = 12;
/** A month that stands alone is a column all the same, and no wall. */
const WIDEST = 56;

/** A scale's end that people can read, no less than the value: its quarters are whole, for they are written beside it. */
export function roundedUp(value: number): number {
  if (value <= 8) return value <= 4 ? 4 : 8;
  const power = 10 ** Math.floor(Math.log10(value));
  const ends = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10, 12].map((factor) => Math.round(factor * power));
  return ends.find((end) => end >= value && end % 4 === 0) ?? 12 * power;
}

const rounded = (value: number): string => String(Math.round(value * 100) / 100);

/** 12,000 becomes 12k: a scale has little room. */
function scaleLabel(value: number): string {
  if (value >= 1_000_000) return `${rounded(value / 1_000_000)}M`;
  return value >= 10_000 ? `${rounded(value / 1000)}k` : number(Math.round(value));
}

/**
 * Columns over time as inline SVG, drawn by attributes and classes only (a strict policy forbids inline styles). `title`
 * and `description` are its text alternative; the numbers stand in a table beside it.
 */
export function columnChart(id: string, title: string, description: string, columns: readonly Column[]): Markup {
  const top = roundedUp(columns.reduce((most, { value }) => Math.max(most, value), 0));
  const step = PLOT_WIDTH / Math.max(1, columns.length);
  const width = Math.min(WIDEST, Math.max(0.5, step * 0.78));
  const y = (value: number) => TOP + PLOT_HEIGHT * (1 - value / top);
  const lines = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = rounded(y(top * part));
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - 4}" y1="${at}" y2="${at}"/><text class="scale" x="${LEFT - 8}" y="${at}" dy="0.32em" text-anchor="end">${scaleLabel(top * part)}</text>`;
  });
  const every = Math.max(1, Math.ceil(columns.length / LABELS));
  const bars = columns.map(({ label, value, title: hint }, place) => {
    const left = LEFT + place * step;
    // Something is never drawn as nothing.
    const height = value === 0 ? 0 : Math.max(1.5, (PLOT_HEIGHT * value) / top);
    const bar = `<rect class="column" x="${rounded(left + (step - width) / 2)}" y="${rounded(TOP + PLOT_HEIGHT - height)}" width="${rounded(width)}" height="${rounded(height)}"><title>${escaped(hint)}</title></rect>`;
    if (place % every !== 0) return bar;
    return `${bar}<text class="scale" x="${rounded(left + step / 2)}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(label)}</text>`;
  });
  const drawing = new Markup([...lines, ...bars].join(''));
  return html`<div class="scroll" role="group" tabindex="0" aria-label="${title}"><svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-text"><title id="${id}-title">${title}</title><desc id="${id}-text">${description}</desc>${drawing}</svg></div>`;
}

/** A bar in a table's cell; the number stands beside it, so screen readers are not told of it. */
export function bar(value: number, most: number): Markup {
  const width = most === 0 || value === 0 ? 0 : Math.max(0.6, (value / most) * 100);
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="track" width="100" height="8"/><rect class="column" width="${rounded(width)}" height="8"/></svg>`;
}
