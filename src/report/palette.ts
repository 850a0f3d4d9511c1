/** The report's colours, by what they are for. Every pair that `CONTRASTS` names is held to WCAG 2.2 AA by a test. */
export interface Palette {
  readonly paper: string;
  readonly card: string;
  readonly ink: string;
  readonly quiet: string;
  readonly line: string;
  readonly accent: string;
  readonly bar: string;
  readonly track: string;
  readonly good: string;
  readonly goodPaper: string;
  readonly bad: string;
  readonly badPaper: string;
  readonly open: string;
  readonly openPaper: string;
}

export const LIGHT: Palette = {
  paper: '#f7f6f2',
  card: '#ffffff',
  ink: '#1d2630',
  quiet: '#56616d',
  line: '#dcdad2',
  accent: '#1f5673',
  bar: '#3d7695',
  track: '#e9ecec',
  good: '#17603f',
  goodPaper: '#e8f3ec',
  bad: '#98281f',
  badPaper: '#fbecea',
  open: '#76500a',
  openPaper: '#fbf3df',
};

export const DARK: Palette = {
  paper: '#12171c',
  card: '#1a2128',
  ink: '#e6e9eb',
  quiet: '#a3aeb8',
  line: '#323c46',
  accent: '#8fc3df',
  bar: '#5f9fc0',
  track: '#27313a',
  good: '#86d3a8',
  goodPaper: '#15291f',
  bad: '#f2a49b',
  badPaper: '#331b19',
  open: '#e8c679',
  openPaper: '#2e2613',
};

export const PALETTE_NAMES: readonly (keyof Palette)[] = [
  'paper',
  'card',
  'ink',
  'quiet',
  'line',
  'accent',
  'bar',
  'track',
  'good',
  'goodPaper',
  'bad',
  'badPaper',
  'open',
  'openPaper',
];

/** What stands on what, and the ratio WCAG asks: 4.5 for text (1.4.3), 3 for the shapes of a chart (1.4.11). */
export const CONTRASTS: readonly (readonly [keyof Palette, keyof Palette, number])[] = [
  ['ink', 'paper', 4.5],
  ['ink', 'card', 4.5],
  ['ink', 'track', 4.5],
  ['quiet', 'paper', 4.5],
  ['quiet', 'card', 4.5],
  ['accent', 'paper', 4.5],
  ['accent', 'card', 4.5],
  ['accent', 'track', 4.5],
  ['bar', 'card', 3],
  ['bar', 'track', 3],
  ['good', 'card', 4.5],
  ['bad', 'card', 4.5],
  ['open', 'card', 4.5],
  ['bad', 'paper', 4.5],
  ['bad', 'track', 4.5],
  ['good', 'goodPaper', 4.5],
  ['good', 'badPaper', 4.5],
  ['good', 'openPaper', 4.5],
  ['bad', 'goodPaper', 4.5],
  ['bad', 'badPaper', 4.5],
  ['bad', 'openPaper', 4.5],
  ['open', 'goodPaper', 4.5],
  ['open', 'badPaper', 4.5],
  ['open', 'openPaper', 4.5],
  ['ink', 'goodPaper', 4.5],
  ['ink', 'badPaper', 4.5],
  ['ink', 'openPaper', 4.5],
  ['quiet', 'goodPaper', 4.5],
  ['quiet', 'badPaper', 4.5],
  ['quiet', 'openPaper', 4.5],
];
