import type { Progress } from '../model/index.ts';
import type { Printer, PrinterOptions, Summary } from './printer.ts';
import { shown as safe } from './shown.ts';
import { counted, duration, number, octets } from './units.ts';

const BAR = 24;
const DRAW_INTERVAL = 100;
const LINE_INTERVAL = 30_000;
/** Issues shown one by one; the rest is in the manifest and counted in the summary. */
const SHOWN_ISSUES = 10;

const PHASES: { readonly [phase in Progress['phase']]: string } = {
  open: 'Opening',
  read: 'Reading',
  index: 'Indexing',
  verify: 'Verifying',
  produce: 'Producing',
};

/** Words for people: results on standard output, everything else on standard error. */
export function textPrinter(options: PrinterOptions): Printer {
  const paint = (code: number, text: string) => (options.color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const begun = options.now();
  let drawn = 0;
  let drawnTenth = 0;
  let onScreen = false;
  let shown = 0;
  const clear = () => {
    if (onScreen) options.err('\r\u001b[K');
    onScreen = false;
  };
  const say = (text: string) => {
    clear();
    options.err(`${text}\n`);
  };

  function progress(at: Progress): void {
    if (options.quiet) return;
    const now = options.now();
    const share = at.totalBytes === null || at.totalBytes === 0 ? null : Math.min(1, at.bytes / at.totalBytes);
    const tenth = Math.floor((10 * at.bytes) / Math.max(1, at.totalBytes ?? 0));
    const due = options.interactive
      ? now - drawn >= DRAW_INTERVAL
      : now - (drawn || begun) >= LINE_INTERVAL || (share !== null && tenth > drawnTenth);
    if (!due) return;
    drawn = now;
    drawnTenth = tenth;
    const seconds = Math.max(0.001, (now - begun) / 1000);
    const rate = `${octets(Math.round(at.bytes / seconds))}/s`;
    const left = share === null || share === 0 ? '' : `, ${duration(((1 - share) / share) * (now - begun))} left`;
    const percent = share === null ? octets(at.bytes) : `${Math.floor(share * 100)} %`;
    const text = `${PHASES[at.phase]} ${percent}, ${counted(at.records, 'record')}, ${rate}${left}`;
    if (!options.interactive) {
      say(text);
      return;
    }
    const full = Math.round((share ?? 0) * BAR);
    options.err(`\r\u001b[K[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${text}`);
    onScreen = true;
  }

  function summary({ title, lines, next }: Summary): void {
    clear();
    const width = Math.max(0, ...lines.map((line) => line.label.length));
    const body = lines.map(({ label, text }) => `  ${label.padEnd(width)}  ${safe(text)}`);
    const commands =
      next === undefined || next.length === 0 ? [] : ['', 'Next:', ...next.map((command) => `  ${safe(command)}`)];
    options.out(`${[paint(1, title), ...body, ...commands].join('\n')}\n`);
  }

  return {
    progress,
    summary,
    note(message) {
      if (!options.quiet) say(safe(message));
    },
    issue(id, entry, issue) {
      if (options.quiet || (issue.severity !== 'error' && !options.verbose)) return;
      shown++;
      if (shown > SHOWN_ISSUES && !options.verbose) {
        if (shown === SHOWN_ISSUES + 1) say('… more issues: every one is on its record in items/*.jsonl');
        return;
      }
      const where = options.verbose ? `${id} (${safe(entry)})` : id;
      say(
        `${paint(issue.severity === 'error' ? 31 : 33, issue.severity)} ${where}: ${issue.code}: ${safe(issue.message)}`,
      );
    },
    finding(finding) {
      if (finding.severity !== 'error' && options.quiet) return;
      if (finding.severity === 'info' && !options.verbose) return;
      const range =
        finding.range === undefined ? '' : ` [octets ${number(finding.range[0])}-${number(finding.range[1])})`;
      const color = finding.severity === 'error' ? 31 : finding.severity === 'warning' ? 33 : 36;
      say(`${paint(color, finding.severity)} ${finding.check}: ${safe(finding.message)}${range}`);
    },
    data(_value, text) {
      clear();
      options.out(text.endsWith('\n') ? text : `${text}\n`);
    },
    error({ message, advice }) {
      say(`${paint(31, 'error')}: ${safe(message)}`);
      if (advice !== null) say(advice);
    },
    close: clear,
  };
}
