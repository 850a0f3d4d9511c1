import type { Severity } from '../../model/index.ts';
import type { VerdictName } from '../../verify/index.ts';
import { foreign, html, Markup } from '../html.ts';
import type { ReportInput } from '../input.ts';
import { counted, number, octets } from '../measures.ts';

interface Appearance {
  readonly tone: 'good' | 'bad' | 'open';
  readonly sentence: string;
  readonly path: string;
}

const APPEARANCES: { readonly [name in VerdictName]: Appearance } = {
  COMPLETE: {
    tone: 'good',
    sentence: 'The archive is whole, and a witness independent of it agrees.',
    path: 'M9 16.5l5 5 9.5-11',
  },
  INCOMPLETE: {
    tone: 'bad',
    sentence: 'Something is missing, damaged or different.',
    path: 'M10.5 10.5l11 11m0-11l-11 11',
  },
  UNPROVEN: {
    tone: 'open',
    sentence: 'Whole as far as can be seen, but nothing independent of the archive could be compared with it.',
    path: 'M11 12.5a5 5 0 1 1 7 4.6c-1.5.8-2 1.4-2 2.9M16 24v.1',
  },
};

const TONES: { readonly [severity in Severity]: readonly [string, string] } = {
  error: ['bad', 'Error'],
  warning: ['open', 'Warning'],
  info: ['', 'Note'],
};

/** A severity as a word: colour alone says nothing to who cannot see it. */
export const severityWord = (severity: Severity): Markup =>
  html`<span class="word ${TONES[severity][0]}">${TONES[severity][1]}</span>`;

const mark = (path: string): Markup =>
  html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false"><circle cx="16" cy="16" r="15"/>${new Markup(`<path d="${path}"/>`)}</svg>`;

/** Reasons shown; the rest is among the findings below, and `verify --json` lists all. */
const SHOWN = 12;

function reasons({ verdict }: ReportInput): Markup {
  const said = verdict.witnesses.map(({ name, agrees, reading }) => {
    const word =
      agrees === true
        ? 'agrees'
        : agrees === false
          ? 'disagrees'
          : name.startsWith('output log')
            ? 'cannot be understood'
            : 'cannot say';
    const tone = agrees === true ? 'good' : agrees === false ? 'bad' : 'open';
    const how = reading === null ? null : html`<span class="from">read as ${foreign(reading, 600)}</span>`;
    return html`<li><span class="word ${tone}">Witness ${word}:</span> ${foreign(name)}${how}</li>`;
  });
  const weighty = verdict.reasons.filter(({ severity }) => severity !== 'info');
  const shown = weighty.slice(0, SHOWN).map(({ check, severity, entry, message }) => {
    const where = entry === undefined ? null : html`, entry ${foreign(entry)}`;
    return html`<li>${severityWord(severity)} ${foreign(message, 600)}<span class="from">check ${check}${where}</span></li>`;
  });
  const rest = weighty.length - shown.length;
  const more =
    rest > 0
      ? html`<li>… and ${counted(rest, 'further reason')}: <code>mailproof verify --json</code> lists all.</li>`
      : null;
  if (said.length + shown.length === 0) {
    const none = 'No check found anything to object to, and no witness was heard.';
    return html`<h3>Why</h3><p class="note">${none}</p>`;
  }
  return html`<h3>Why</h3><ul class="reasons">${said}${shown}${more}</ul>`;
}

/** A sentence with its `commands` set apart. */
export const withCommands = (sentence: string): Markup =>
  html`${sentence.split('`').map((piece, place) => (place % 2 === 1 ? html`<code>${piece}</code>` : html`${piece}`))}`;

/** The verdict, why, and what to do next. */
export function verdictSection(input: ReportInput): Markup {
  const { verdict, ledger, root } = input;
  const { tone, sentence, path } = APPEARANCES[verdict.verdict];
  const figures: readonly (readonly [string, string])[] = [
    ['Items', number(ledger.items.total)],
    ['Of mail', octets(ledger.nativeBytes)],
    ['Without issue', number(ledger.items.read)],
    ['With issues', number(ledger.items.readWithIssues)],
    ['Unreadable', number(ledger.items.unreadable + ledger.entries.unreadable)],
    ['Ledger', root.balanced ? 'balances' : 'open'],
  ];
  const next = verdict.next.map((step) => html`<li>${withCommands(step)}</li>`);
  return html`<section class="verdict ${tone}" id="verdict" aria-labelledby="verdict-title">
<h2 id="verdict-title">${mark(path)}${verdict.verdict}</h2>
<p class="lead">${sentence}</p>
<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${reasons(input)}
<h3>What to do next</h3><ul>${next}</ul>
</section>`;
}
