import type { Finding } from '../model/index.ts';
import type { VerdictName } from './verdict.ts';
import type { Witness } from './witness.ts';

interface Advice {
  readonly checks: readonly string[];
  readonly advice: string;
}

/** WorkMail ends on this day: no mailbox can be exported again after it. */
const LAST_DAY = '2027-03-31';

/** What to do about what was found, the gravest first. The order is also the weight of a check among equal severities. */
const ADVICE: readonly Advice[] = [
  {
    checks: ['archive-damage', 'truncation', 'crc', 'local-headers', 'unreadable-entries', 'empty-entries'],
    advice: `The archive itself is damaged. Fetch it from S3 again and run \`mailproof process\` on it; if it is the same, start a new export job before ${LAST_DAY}.`,
  },
  {
    checks: ['job-state', 'job-times'],
    advice: `The export job did not end well. Start a new one (\`mailproof jobs start\`) before ${LAST_DAY}.`,
  },
  {
    checks: ['live-mailbox'],
    advice: `The mailbox holds messages that the archive lacks: see that nobody deletes them there, and export it again before ${LAST_DAY}.`,
  },
  {
    checks: ['output-log'],
    advice: `A witness knows of more than the archive holds. Compare with the mailbox (\`mailproof verify DEST --against imaps://USER@HOST\`) while it exists, and export it again before ${LAST_DAY}.`,
  },
  {
    checks: ['earlier-manifest'],
    advice: 'List what is missing with `mailproof compare EARLIER LATER`.',
  },
  {
    checks: ['archive-digest', 'native-digest', 'archive-object'],
    advice:
      'The archive is not the one that was processed. Find the version the manifest names (S3 versioning, a copy), or process this one into a folder of its own and compare the two (`mailproof compare`).',
  },
  {
    checks: [
      'root-digest',
      'run-files',
      'sums-file',
      'custody',
      'root-counts',
      'record-schema',
      'record-places',
      'index-rows',
      'ledger-balance',
      'ledger-recount',
    ],
    advice: 'Files of the manifest were changed or lost. Restore them from a copy, or run `mailproof process` again.',
  },
  {
    checks: ['job-key', 'job-window'],
    advice: 'Ask who wrote the object: CloudTrail names the principal of each PutObject and CopyObject.',
  },
  {
    checks: ['truncated-parts', 'mid-part-end', 'calendar-end'],
    advice:
      'Some items are cut. Look at them (`mailproof show DEST ID`) and compare with the mailbox: they may have been received so.',
  },
  {
    checks: [
      'duplicates',
      'duplicate-names',
      'orphan-overrides',
      'silent-months',
      'mailbox-size',
      'unlisted-files',
      'other-entries',
      'second-opinion',
    ],
    advice: '',
  },
];

/** Checks in the order of their weight. */
export const CHECK_WEIGHTS: readonly string[] = ADVICE.flatMap(({ checks }) => checks);

/** Sentences for a person: what to do about the errors there are, or how to find a witness. */
export function nextSteps(verdict: VerdictName, findings: readonly Finding[], witnesses: readonly Witness[]): string[] {
  if (verdict === 'COMPLETE') {
    return [
      'Keep the archive and the manifest together, and note the digest of manifest.json somewhere else.',
      'Verify again once a year: `mailproof verify DEST --source ARCHIVE`, or `sha256sum -c manifest-sha256.txt` without Mailproof.',
    ];
  }
  if (verdict === 'UNPROVEN') return stepsToAWitness(witnesses);
  const grave = new Set(findings.filter(({ severity }) => severity === 'error').map(({ check }) => check));
  const steps = ADVICE.filter(({ checks, advice }) => advice !== '' && checks.some((check) => grave.has(check)));
  const other = [...grave].some((check) => !CHECK_WEIGHTS.includes(check));
  const archive = ADVICE[0]?.advice ?? '';
  const sentences = steps.map(({ advice }) => advice);
  return other && !sentences.includes(archive) ? [archive, ...sentences] : sentences;
}

/** Who else could speak: those who were asked already, and could not say, are not named as if they had not been. */
function stepsToAWitness(witnesses: readonly Witness[]): string[] {
  const asked = (name: string) => witnesses.some((each) => each.agrees === null && each.name.startsWith(name));
  const steps = asked('output log')
    ? ['The output log does not speak plainly: have a person read the values listed above.']
    : ['Give the output log of the export (`--output-log FILE`): AWS writes one for each.'];
  steps.push(
    asked('live mailbox')
      ? `The mailbox did not settle it, for the reasons above. Ask it again when they are gone: it exists until ${LAST_DAY}.`
      : `Or compare with the mailbox while it exists, until ${LAST_DAY}: \`mailproof verify DEST --against imaps://USER@HOST\`.`,
  );
  steps.push(
    asked('earlier manifest')
      ? 'The earlier manifest did not settle it, for the reasons above. Another one may: `mailproof verify DEST --against MANIFEST`.'
      : 'Or with a manifest of an earlier export of the same mailbox: `mailproof verify DEST --against MANIFEST`.',
  );
  return steps;
}
