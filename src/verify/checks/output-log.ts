import type { Finding } from '../../model/index.ts';
import type { Check } from '../check.ts';
import { FindingList } from '../finding-list.ts';
import type { LogReading } from '../output-log/log-reading.ts';
import type { ValueReading } from '../output-log/log-value.ts';

const heldAs = ({ readings }: ValueReading): string =>
  readings.map(({ name, found }) => `${shortened(String(found))} as ${name}`).join('; ') ||
  'nothing to compare it with';

/** A hash in full would fill the line; its head names it. */
const shortened = (found: string): string => (found.length > 40 ? `${found.slice(0, 16)}…` : found);

function valueFinding(findings: FindingList, where: string, value: ValueReading): void {
  const said = `${where} says ${value.key} ${shortened(value.value)}`;
  const about = { expected: value.value, found: heldAs(value) };
  if (value.state === 'agrees') findings.add('info', `${said}: it agrees, read as ${value.reading}.`);
  else if (value.state === 'open') findings.add('info', `${said}, which neither confirms nor contradicts.`);
  else if (value.state === 'short') {
    findings.add('warning', `${said}; the archive holds less under every reading: ${heldAs(value)}.`, about);
  } else findings.add('warning', `${said}; it matches no known reading: ${heldAs(value)}.`, about);
}

function conclusion(findings: FindingList, { where, agrees, reason }: LogReading): void {
  if (agrees === true) findings.add('info', `${where}: ${reason}.`);
  else if (agrees === false) findings.add('error', `${where} contradicts the archive: ${reason}.`);
  else findings.add('warning', `${where} is no witness: ${reason}.`);
}

/** What the export's own log counted, compared under every reading. */
export const outputLog: Check = {
  name: 'output-log',
  unable: ({ logs }) => (logs.length === 0 ? 'no output log was found or given (--output-log)' : null),
  *run({ logs }): Generator<Finding> {
    const findings = new FindingList('output-log', 200);
    for (const log of logs) {
      if (log.ofAnother) {
        findings.add('info', `${log.where} is the log of another export: ${log.reason}.`);
        continue;
      }
      conclusion(findings, log);
      for (const value of log.values) valueFinding(findings, log.where, value);
    }
    yield* findings;
  },
};
