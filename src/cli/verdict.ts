import type { JsonObject } from '../model/index.ts';
import { carriedOverTimes } from '../verify/archive-pass/carried-over.ts';
import type { Verdict, VerdictName } from '../verify/verdict.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { SummaryLine } from './printer.ts';

/** What each verdict means, in one sentence a person can read out. */
export const VERDICT_SENTENCES: { readonly [name in VerdictName]: string } = {
  COMPLETE: 'COMPLETE: the archive is whole, and an independent witness agrees.',
  INCOMPLETE: 'INCOMPLETE: something is missing, damaged or different.',
  UNPROVEN: 'UNPROVEN: whole as far as can be seen, but there is no witness to compare with.',
};

export const VERDICT_EXITS: { readonly [name in VerdictName]: ExitCode } = {
  COMPLETE: EXIT.done,
  INCOMPLETE: EXIT.incomplete,
  UNPROVEN: EXIT.unproven,
};

const SHOWN_REASONS = 5;

/** The heaviest reasons, a line each. */
export function reasonLines(verdict: Verdict): SummaryLine[] {
  const weighty = verdict.reasons.filter(({ severity }) => severity !== 'info');
  const shown = weighty.slice(0, SHOWN_REASONS).map(({ check, message }, place) => ({
    label: place === 0 ? 'Because' : '',
    text: `${check}: ${message}`,
  }));
  if (weighty.length > SHOWN_REASONS) shown.push({ label: '', text: `… and ${weighty.length - SHOWN_REASONS} more` });
  const witnesses = verdict.witnesses.map(({ name, agrees }, place) => {
    const undecided = name.startsWith('output log') ? 'speaks in no known reading' : 'cannot say';
    return {
      label: place === 0 ? 'Witness' : '',
      text: `${name} ${agrees === true ? 'agrees' : agrees === false ? 'disagrees' : undecided}`,
    };
  });
  return [...witnesses, ...carriedLines(verdict), ...shown];
}

/** What others than this very run have read: the verdict is theirs too. */
function carriedLines({ carriedOver }: Verdict): SummaryLine[] {
  if (carriedOver === undefined) return [];
  const { entries, archiveDigests } = carriedOver;
  const digests = archiveDigests ? 'were taken now' : 'were not taken';
  const text = `${entries} entries were read by an earlier, interrupted part (${carriedOverTimes(carriedOver)}); the archive's own digests ${digests}`;
  return [{ label: 'Resumed', text }];
}

/** The verdict for machines. */
export const verdictData = ({ verdict, reasons, witnesses, next, carriedOver }: Verdict): JsonObject => ({
  verdict,
  reasons: reasons.map((reason) => ({ ...reason })),
  witnesses: witnesses.map((witness) => ({ ...witness })),
  next: [...next],
  ...(carriedOver !== undefined && {
    carriedOver: { ...carriedOver, parts: carriedOver.parts.map((part) => ({ ...part })) },
  }),
});
