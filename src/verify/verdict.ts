import type { Finding, Severity } from '../model/index.ts';
import type { CarriedOver } from './archive-pass/carried-over.ts';
import { bySeverity } from './finding-list.ts';
import { CHECK_WEIGHTS, nextSteps } from './next-steps.ts';
import type { Witness } from './witness.ts';

export type VerdictName = 'COMPLETE' | 'INCOMPLETE' | 'UNPROVEN';

export interface Reason {
  readonly check: string;
  readonly severity: Severity;
  readonly entry?: string;
  readonly message: string;
}

/** The answer to the one question: is this export whole? */
export interface Verdict {
  readonly verdict: VerdictName;
  /** Heaviest first. */
  readonly reasons: readonly Reason[];
  /** What to do next: sentences or commands. */
  readonly next: readonly string[];
  readonly witnesses: readonly Witness[];
  /** What was taken from earlier, interrupted parts of the verification; absent where all was read in one. */
  readonly carriedOver?: CarriedOver;
}

/** What a verdict rests on. */
export interface Grounds {
  /** Some check shows loss, damage or difference: a finding of severity error. */
  readonly loss: boolean;
  /** Some witness contradicts. */
  readonly contradicted: boolean;
  /** Some witness agrees. */
  readonly confirmed: boolean;
}

/** One row of the decision table. Null: either. */
export interface VerdictRule {
  readonly loss: boolean | null;
  readonly contradicted: boolean | null;
  readonly confirmed: boolean | null;
  readonly verdict: VerdictName;
  readonly because: string;
}

/**
 * The whole decision, first fitting row first. Warnings never decide: an imperfect message is not loss, and a doubt that
 * should count is a witness that says null (see output-log/log-reading.ts, where a log's values are weighed).
 */
export const VERDICT_RULES: readonly VerdictRule[] = [
  {
    loss: true,
    contradicted: null,
    confirmed: null,
    verdict: 'INCOMPLETE',
    because: 'a check shows loss, damage or difference',
  },
  {
    loss: null,
    contradicted: true,
    confirmed: null,
    verdict: 'INCOMPLETE',
    because: 'a witness knows of more than is here',
  },
  {
    loss: false,
    contradicted: false,
    confirmed: true,
    verdict: 'COMPLETE',
    because: 'it is whole, and a witness agrees',
  },
  {
    loss: false,
    contradicted: false,
    confirmed: false,
    verdict: 'UNPROVEN',
    because: 'it is whole as far as can be seen, and no witness can say more',
  },
];

/** The row that decides. */
export function verdictRule(grounds: Grounds): VerdictRule {
  const fits = (expected: boolean | null, is: boolean) => expected === null || expected === is;
  const rule = VERDICT_RULES.find(
    (each) =>
      fits(each.loss, grounds.loss) &&
      fits(each.contradicted, grounds.contradicted) &&
      fits(each.confirmed, grounds.confirmed),
  );
  if (rule === undefined) throw new RangeError('the table of verdicts has a hole');
  return rule;
}

const weightOf = (check: string): number => {
  const place = CHECK_WEIGHTS.indexOf(check);
  // Checks of the archive's own reader are not in the list: they are about the archive, and come first among equals.
  return place === -1 ? 0 : place;
};

/** The word of one reading is more than that of two halves. */
const ONE_READING =
  'Part of the archive was read by an earlier part of this verification. Verify once more for one undivided reading.';

/** Decides from what the checks found and what the witnesses say. Pure: the same grounds, the same verdict. */
export function decideVerdict(
  findings: readonly Finding[],
  witnesses: readonly Witness[],
  carriedOver: CarriedOver | null = null,
): Verdict {
  const rule = verdictRule({
    loss: findings.some(({ severity }) => severity === 'error'),
    contradicted: witnesses.some(({ agrees }) => agrees === false),
    confirmed: witnesses.some(({ agrees }) => agrees === true),
  });
  const reasons = [...findings]
    .sort((left, right) => bySeverity(left, right) || weightOf(left.check) - weightOf(right.check))
    .map(({ check, severity, entry, message }) =>
      entry === undefined ? { check, severity, message } : { check, severity, entry, message },
    );
  const next = nextSteps(rule.verdict, findings, witnesses);
  if (carriedOver === null) return { verdict: rule.verdict, reasons, next, witnesses };
  return { verdict: rule.verdict, reasons, next: [...next, ONE_READING], witnesses, carriedOver };
}
