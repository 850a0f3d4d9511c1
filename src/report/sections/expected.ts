import { type LogReading, readLog, setApart } from '../../verify/index.ts';
import { type Content, code, foreign, html, type Markup } from '../html.ts';
import type { ReportInput } from '../input.ts';
import { number } from '../measures.ts';
import { table } from '../table.ts';
import { severityWord } from './verdict.ts';

type Outcome = 'same' | 'different' | 'open';
const WORDS: { readonly [outcome in Outcome]: readonly [string, string] } = {
  same: ['good', 'same'],
  different: ['bad', 'different'],
  open: ['open', 'not comparable'],
};
const word = (outcome: Outcome): Markup => html`<span class="word ${WORDS[outcome][0]}">${WORDS[outcome][1]}</span>`;

/** The answer stands first: on a narrow screen the columns behind it are scrolled to. */
type Row = readonly [Content, Content, Content, Content];

const compared = (what: string, expected: number | null | undefined, found: number): Row | null =>
  expected === null || expected === undefined
    ? null
    : [what, word(expected === found ? 'same' : 'different'), number(expected), number(found)];

const STATES = { agrees: 'same', short: 'different', unknown: 'different', open: 'open' } as const;
const grouped = (value: string | number): string =>
  /^\d{1,15}$/.test(String(value)) ? number(Number(value)) : String(value);
/** A digest is compared by eye: in fixed pitch. */
const shown = (value: string | number): Markup =>
  /^(?:sha\d{3}:)?[0-9a-zA-Z+/=]{32,}$/.test(String(value)) ? code(String(value)) : foreign(grouped(value), 400);

function logRows(log: LogReading): Row[] {
  if (log.ofAnother) return [[html`Output log, ${foreign(log.where)}`, word('open'), foreign(log.reason), '']];
  return log.values.map(({ key, value, state, reading, readings }) => {
    const agreed = readings.find(({ name }) => name === reading) ?? readings[0];
    const found =
      agreed === undefined ? '' : html`${shown(agreed.found)} <span class="note">(${foreign(agreed.name)})</span>`;
    return [
      html`Output log, <code>${key}</code>`,
      word(STATES[state]),
      key.endsWith('Time') ? foreign(value) : shown(value),
      found,
    ];
  });
}

function rowsOf(input: ReportInput): Row[] {
  const { ledger, root, facts = null } = input;
  const job = facts?.job ?? null;
  const object = facts?.object ?? null;
  const state: Row | null =
    job === null
      ? null
      : ['State of the export job', word(job.state === 'COMPLETED' ? 'same' : 'different'), 'COMPLETED', job.state];
  const key: Row | null =
    job?.kmsKeyArn && object?.kmsKeyId
      ? [
          'KMS key',
          word(job.kmsKeyArn === object.kmsKeyId ? 'same' : 'open'),
          code(job.kmsKeyArn),
          code(object.kmsKeyId),
        ]
      : null;
  const holdings = { counts: input.statistics.counts, ledger, archive: root.archive };
  const logs = input.logs ?? setApart((facts?.outputLogs ?? []).map((log) => readLog(log, holdings, job, object)));
  const rows = [
    state,
    key,
    compared('Octets of the archive', object?.size, root.archive.size),
    compared('Entries: declared by the archive’s directory, read', ledger.entries.declared, ledger.entries.found),
    compared('Parts of messages: declared, extracted', ledger.parts.declared, ledger.parts.extracted),
    ...logs.flatMap(logRows),
  ];
  return rows.filter((row) => row !== null);
}

const FINDINGS = 40;

function findingsTable({ findings }: ReportInput): Markup {
  if (findings.length === 0) return html`<p class="note">The checks recorded no findings.</p>`;
  const weight = { error: 0, warning: 1, info: 2 } as const;
  const sorted = [...findings].sort((left, right) => weight[left.severity] - weight[right.severity]);
  const rows = sorted.slice(0, FINDINGS).map(({ check, severity, message, expected, found, entry }) => {
    const difference =
      expected === undefined && found === undefined
        ? null
        : html`<br><span class="note">expected ${shown(expected ?? 'nothing')}</span><br><span class="note">found ${shown(found ?? 'nothing')}</span>`;
    const where = entry === undefined ? null : html`<br><span class="note">entry ${foreign(entry)}</span>`;
    return [check, severityWord(severity), html`${foreign(message, 600)}${difference}${where}`];
  });
  const rest = findings.length - rows.length;
  const note =
    rest > 0
      ? html`<p class="note">${number(rest)} more are listed by <code>mailproof verify --json</code>.</p>`
      : null;
  return html`${table('What the checks found, gravest first', ['Check', 'Severity', 'Finding'], rows)}${note}`;
}

const OUTCOMES = { passed: ['good', 'nothing found'], found: ['open', 'found'], skipped: ['', 'not made'] } as const;

function checksTable({ checks }: ReportInput): Markup | null {
  if (checks === undefined || checks.length === 0) return null;
  const rows = checks.map(({ check, outcome, findings, reason }) => [
    check,
    html`<span class="word ${OUTCOMES[outcome][0]}">${OUTCOMES[outcome][1]}${outcome === 'found' ? ` ${number(findings)}` : null}</span>`,
    reason,
  ]);
  return html`<details><summary>Every check that was made, and every one that could not be</summary>${table('Checks', ['Check', 'Outcome', 'Why not'], rows)}</details>`;
}

/** What others say there should be, against what is there. */
export function expectedSection(input: ReportInput): Markup {
  const rows = rowsOf(input);
  const compare =
    rows.length === 0
      ? html`<p class="note">Nothing outside the archive says what it should hold.</p>`
      : table(
          'By the job, the stored object, the archive’s directory and the output log',
          ['What', 'Comparison', 'Expected', 'Found'],
          rows,
        );
  return html`${compare}<h3>Findings</h3>${findingsTable(input)}${checksTable(input)}`;
}
