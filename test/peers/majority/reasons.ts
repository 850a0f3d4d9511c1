import type { Issue } from '../../../src/model/index.ts';
import type { Aspect } from './opinion.ts';

/** A message on which we are not of the majority's opinion. */
export interface Disagreement {
  readonly message: string;
  readonly aspect: Aspect;
  readonly octets: Buffer;
  readonly issues: readonly Issue[];
  readonly ours: string;
  readonly theirs: string;
}

export type Verdict = 'their fault' | 'matter of taste';

interface Reason {
  readonly verdict: Verdict;
  readonly why: string;
  readonly aspects: readonly Aspect[];
  /** Whether it is the reason of this disagreement. */
  readonly holds: (disagreement: Disagreement) => boolean;
}

const has = ({ issues }: Disagreement, code: Issue['code'], message = /./): boolean =>
  issues.some((issue) => issue.code === code && message.test(issue.message));

const written = ({ octets }: Disagreement, pattern: RegExp): boolean => pattern.test(octets.toString('latin1'));

/** SHA-256 of no octets. */
const DIGEST_OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Why we stand by what we say where most readers say something else. None of these is about one message only. */
const REASONS: readonly Reason[] = [
  {
    verdict: 'their fault',
    why: 'RFC 2045 §5.2: a Content-Type that cannot be read means text/plain',
    aspects: ['count', 'digests', 'text'],
    holds: (at) => has(at, 'CONTENT_TYPE_MALFORMED'),
  },
  {
    verdict: 'their fault',
    why: 'they lose a text whole that stands where boundaries or blank lines are missing',
    aspects: ['text'],
    holds: (at) =>
      at.theirs === '' &&
      (has(at, 'BOUNDARY_UNSEEN') ||
        has(at, 'BOUNDARY_MISSING') ||
        has(at, 'HEADER_UNTERMINATED') ||
        has(at, 'FIELD_MALFORMED')),
  },
  {
    verdict: 'their fault',
    why: 'no blank line ends the header of a part: they lose what it holds, or its first lines',
    aspects: ['text', 'digests'],
    holds: (at) =>
      has(at, 'HEADER_UNTERMINATED') &&
      (at.aspect === 'text' ? at.theirs.length < at.ours.length : at.theirs.includes(DIGEST_OF_NOTHING)),
  },
  {
    verdict: 'their fault',
    why: 'the boundary parameter is missing, and the boundaries are there: they lose all parts',
    aspects: ['count', 'digests', 'text'],
    holds: (at) => has(at, 'BOUNDARY_MISSING') && (at.theirs === '0' || at.theirs.length < at.ours.length),
  },
  {
    verdict: 'their fault',
    why: 'RFC 2045 §6.7 (3): blanks at the end of a line are not part of it, be it the last one or a soft break',
    aspects: ['digests', 'text'],
    holds: (at) => written(at, /quoted-printable/i) && written(at, /[ \t]\r?\n--|=[ \t]+\r?\n/),
  },
  {
    verdict: 'matter of taste',
    why: 'octets that no charset is named for are guessed, and an issue says so',
    aspects: ['text', 'subject'],
    holds: (at) =>
      has(at, 'CHARSET_GUESSED') &&
      ['\ufffd', '\x1b'].some((sign) => at.theirs.includes(sign)) &&
      !at.ours.includes('\ufffd'),
  },
  {
    verdict: 'matter of taste',
    why: 'the plain text is empty: ours is that of the HTML',
    aspects: ['text'],
    holds: (at) => at.theirs === '' && written(at, /^content-type:\s*text\/html/im),
  },
  {
    verdict: 'their fault',
    why: 'they lose the parts of a multipart whose boundary parameter is folded without a blank',
    aspects: ['text'],
    holds: (at) => at.theirs === '' && written(at, /^content-type:[^\n]*;[ \t\r]*\nboundary=/im),
  },
  {
    verdict: 'matter of taste',
    why: 'RFC 8621 §4.1.2: of a field that occurs more than once the last instance counts; most take the first',
    aspects: ['subject', 'from', 'to', 'date', 'messageId'],
    holds: (at) => has(at, 'FIELD_REPEATED', /last counts/),
  },
  {
    verdict: 'matter of taste',
    why: 'RFC 8621 §4.1.2.3: a comment behind an address stands for the name it has not',
    aspects: ['from', 'to'],
    holds: (at) => at.ours.endsWith(at.theirs) && written(at, /^(?:from|to)\s*:[^\n]*>\s*\(/im),
  },
  {
    verdict: 'matter of taste',
    why: 'RFC 8621 §4.1.4: the first part is body text though it has a name',
    aspects: ['text'],
    holds: (at) =>
      at.theirs === '' &&
      written(at, /^content-type:\s*text\/plain;\s*name=|^content-disposition:\s*inline;\s*filename=/im),
  },
  {
    verdict: 'matter of taste',
    why: 'octets 0x80-0x9F labelled iso-8859-1 are windows-1252 (WHATWG Encoding), and an issue says so',
    aspects: ['text', 'subject'],
    holds: (at) => has(at, 'CHARSET_GUESSED', /windows-1252/),
  },
  {
    verdict: 'their fault',
    why: 'RFC 3676 §4.3: with DelSp the blank that marks a soft line break is not part of the text',
    aspects: ['text'],
    holds: (at) => written(at, /delsp="?yes/i),
  },
  {
    verdict: 'matter of taste',
    why: 'a uuencoded file that the end of the message cuts off is an attachment to us, and text to them',
    aspects: ['text'],
    holds: (at) => has(at, 'PART_TRUNCATED', /uuencoded/) && at.theirs.startsWith(`${at.ours} begin 6`),
  },
  {
    verdict: 'matter of taste',
    why: 'a whole date with a zone, and words behind it: read, with an issue',
    aspects: ['date'],
    holds: (at) =>
      at.theirs === 'null' &&
      has(at, 'DATE_OBSOLETE') &&
      written(at, /^date:[^\n]*(?:\r?\n[ \t][^\n]*)*\d\s+[+-]\d{4}\s+[^\s(]/im),
  },
  {
    verdict: 'matter of taste',
    why: 'a begin line that no file follows is text to us; the comparison takes it out of their texts with the file behind it',
    aspects: ['text'],
    holds: (at) => at.ours.startsWith(`${at.theirs} begin 6`),
  },
  {
    verdict: 'matter of taste',
    why: 'RFC 2045 §6.7 (2, 4): a bare CR cannot stand in quoted-printable; we read it as a line break, blanks before it go',
    aspects: ['digests'],
    holds: (at) => written(at, /[ \t]\r(?!\n)|\r\r\n--/),
  },
];

/** Single messages of the corpora, where no rule holds: name, aspect, verdict, why. */
const SINGLE: readonly (readonly [string, Aspect, Verdict, string])[] = [
  [
    'rfc2822_example13.eml.eml',
    'to',
    'their fault',
    'they stop reading the field at a damaged line, and lose its address',
  ],
  [
    'rfc2822_example13.eml.eml',
    'date',
    'their fault',
    'RFC 5322 §4.3 and A.6.3: blanks and comments around the colons',
  ],
  [
    'trademark_character_in_subject.eml',
    'date',
    'matter of taste',
    'zone `H0500`: RFC 5322 §4.3 has zones nobody knows read as -0000, which says that the zone is not known',
  ],
  ['lhost-x1-02.eml', 'count', 'their fault', 'a Content-Type whose semicolon is missing is text/plain all the same'],
  ['lhost-x1-02.eml', 'text', 'their fault', 'a Content-Type whose semicolon is missing is text/plain all the same'],
  ['msg_25.txt.eml', 'count', 'their fault', 'the boundary was cut off; they lose all parts, one of them a report'],
  ['msg_25.txt.eml', 'digests', 'their fault', 'the boundary was cut off; they lose all parts, one of them a report'],
  ['malformed/017.eml', 'count', 'their fault', 'the semicolon before boundary= is missing; they lose the image'],
  ['malformed/017.eml', 'digests', 'their fault', 'the semicolon before boundary= is missing; they lose the image'],
  ['msg_38.txt', 'text', 'their fault', 'RFC 2046 §5.1.2: a boundary of a multipart that is not open is text'],
];

/** Why a disagreement stands; null where it is our fault. */
export function reasonOf(disagreement: Disagreement): { readonly verdict: Verdict; readonly why: string } | null {
  const { message, aspect } = disagreement;
  const single = SINGLE.find(([name, about]) => message.endsWith(name) && about === aspect);
  if (single !== undefined) return { verdict: single[2], why: single[3] };
  return REASONS.find((reason) => reason.aspects.includes(aspect) && reason.holds(disagreement)) ?? null;
}
