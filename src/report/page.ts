import { foreign, html, Markup } from './html.ts';
import { custodyText, type ReportInput } from './input.ts';
import { calendarSection } from './sections/calendar.ts';
import { correspondentsSection } from './sections/correspondents.ts';
import { custodySection } from './sections/custody.ts';
import { expectedSection } from './sections/expected.ts';
import { gapsSection } from './sections/gaps.ts';
import { issuesSection } from './sections/issues.ts';
import { ledgerSection } from './sections/ledger.ts';
import { limitsSection } from './sections/limits.ts';
import { mailSection } from './sections/mail.ts';
import { verdictSection } from './sections/verdict.ts';
import { verifyAgainSection } from './sections/verify-again.ts';
import { POLICY, STYLE } from './style.ts';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly content: (input: ReportInput) => Markup;
}

/** What follows the verdict, in the order a reader asks. */
const SECTIONS: readonly Section[] = [
  {
    id: 'expected',
    title: 'Expected against found',
    lead: 'What others say this export should hold, beside what it holds.',
    content: expectedSection,
  },
  {
    id: 'ledger',
    title: 'The ledger',
    lead: 'Where every octet, entry, item and part went. Each block adds up, or says by how much it does not.',
    content: ledgerSection,
  },
  {
    id: 'mail',
    title: 'The mail',
    lead: 'How much there is, from when, where and of what kind.',
    content: mailSection,
  },
  {
    id: 'correspondents',
    title: 'Correspondents',
    lead: 'The addresses that most messages come from and go to.',
    content: correspondentsSection,
  },
  {
    id: 'issues',
    title: 'Issues of single items',
    lead: 'Imperfections that were met in reading. An error means that something was not read; a warning, that it was read by a repair or a guess; a note is worth knowing.',
    content: issuesSection,
  },
  {
    id: 'gaps',
    title: 'Months without mail',
    lead: 'A silence is no proof of loss; beside months with much mail it is a question to ask.',
    content: gapsSection,
  },
  {
    id: 'calendar',
    title: 'The calendar',
    lead: 'Calendar items, those within messages too.',
    content: calendarSection,
  },
  {
    id: 'custody',
    title: 'Custody and settings',
    lead: 'What was read, by whom, when and with what, and the digests that fix it.',
    content: custodySection,
  },
  {
    id: 'verify-again',
    title: 'Verify it again',
    lead: 'Nobody has to take this page’s word for it.',
    content: verifyAgainSection,
  },
  {
    id: 'limits',
    title: 'Limits of the source',
    lead: 'What no reading of an export can show.',
    content: limitsSection,
  },
];

/**
 * The report: one HTML file that needs nothing else, runs nothing and calls nobody. Pure: the same input gives the same
 * octets. Every text that is not ours is escaped, isolated and cleared of characters that deceive.
 */
export function renderReport(input: ReportInput): string {
  const { root, verdict, custody, facts } = input;
  const location = custodyText(custody, 'source', 'location') ?? facts?.object?.location ?? null;
  const name = location === null ? 'Mailbox export' : (location.split('/').findLast((part) => part !== '') ?? location);
  const finished = custodyText(custody, 'run', 'finishedAt');
  const contents = [{ id: 'verdict', title: 'Verdict' }, ...SECTIONS].map(
    ({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`,
  );
  const sections = SECTIONS.map(
    ({ id, title, lead, content }) => html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
<p class="lead">${lead}</p>
${content(input)}
</section>
`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${verdict.verdict}: ${name} – Mailproof report</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">To the verdict</a>
<div class="page">
<header>
<p class="tool">Mailproof report on a mailbox export</p>
<h1>${foreign(name)}</h1>
<p class="about">${location === null ? null : html`${foreign(location, 600)}<br>`}${finished === null ? null : html`Read ${foreign(finished)}. `}Archive SHA-256 <code>${root.archive.sha256.slice(0, 16)}…</code></p>
</header>
<nav aria-label="Sections"><ol>${contents}</ol></nav>
<main id="main">
${verdictSection(input)}
${sections}
</main>
<footer><p>Made by ${root.tool.name} ${root.tool.version} from the manifest alone. This file holds no script and loads nothing.</p></footer>
</div>
</body>
</html>
`.text;
}
