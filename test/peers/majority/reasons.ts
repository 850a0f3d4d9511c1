import { createHash } from 'node:crypto';
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

/** A Content-Type that does not begin with a type, a slash and a subtype. */
const MALFORMED_TYPE = /^content-type:(?!\s*[\w.+-]+\/[\w.+-]+)/im;

/** A field or a boundary, or the file's beginning, and then a line that is neither blank, nor a field, nor a fold. */
const NO_BLANK_LINE =
  /(?:^[\w-]+[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*|^--[^\n]*\n|^(?<![\s\S]))(?![\w-]+[ \t]*:|[ \t\r\n]|--)[^\n]/m;

/** The same with a blank line that is none: one that holds blanks. */
const BLANKS_FOR_BLANK_LINE = /^(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*|--[^\n]*\n)\r?[ \t]+\r?\n/m;

/** A multipart that names no boundary, or whose boundary stands on a line of its own that is no fold. */
const NO_BOUNDARY =
  /^content-type:\s*multipart\/(?![^\n]*boundary=)[^\n]*\n(?:[ \t](?![^\n]*boundary=)[^\n]*\n)*(?![ \t])/im;

/** Whether of the boundaries that the file names, one begins no line. */
function namesUnseenBoundary({ octets }: Disagreement): boolean {
  const file = octets.toString('latin1');
  const named = [...file.matchAll(/\bboundary="?([^"\r\n;]+)/gi)].map(([, name]) => name ?? '');
  const lines = new Set(file.split('\n').map((line) => line.trimEnd()));
  return named.some((name) => !lines.has(`--${name}`));
}

/** Whether octets were not made characters: they stand as U+FFFD, or as the escapes of ISO-2022. */
const isUnread = (text: string): boolean => ['\ufffd', '\x1b'].some((sign) => text.includes(sign));

/** Whether what they say is within what we say; their first word may be the rest of one, where they begin within it. */
function lacks({ ours, theirs }: Disagreement): boolean {
  const words = new Set(ours.split(' '));
  const [, ...others] = theirs.split(' ');
  const cut = others.length > 0 && ours.endsWith(` ${others.join(' ')}`);
  return theirs.length < ours.length && (cut || theirs.split(' ').every((word) => word === '' || words.has(word)));
}

/** Whether one of the attachments that a reader digested is empty, or was not digested at all. */
function hasNoOctets(digests: string): boolean {
  return digests.split(' ').some((digest) => digest === '' || digest === DIGEST_OF_NOTHING);
}

/** Whether they digested the base64 that stands behind the next blank line, and passed over that before it. */
function skipsToBlankLine({ octets, theirs }: Disagreement): boolean {
  const file = octets.toString('latin1');
  const place = NO_BLANK_LINE.exec(file);
  const behind = place === null ? '' : file.slice(place.index + place[0].length);
  const blank = /\n\r?\n/.exec(behind);
  const [text = ''] = blank === null ? [] : behind.slice(blank.index + blank[0].length).split('\n--', 1);
  return theirs.includes(createHash('sha256').update(Buffer.from(text, 'base64')).digest('hex'));
}

/** Why we stand by what we say where most readers say something else. None of these is about one message only. */
const REASONS: readonly Reason[] = [
  {
    verdict: 'their fault',
    why: 'RFC 2045 §5.2: a Content-Type that cannot be read means text/plain; they make an attachment of the text',
    aspects: ['count', 'digests', 'text'],
    holds: (at) =>
      has(at, 'CONTENT_TYPE_MALFORMED') &&
      written(at, MALFORMED_TYPE) &&
      (at.aspect === 'text' ? lacks(at) : at.theirs.length > at.ours.length || Number(at.theirs) > Number(at.ours)),
  },
  {
    verdict: 'their fault',
    why: 'no blank line ends the header of a part: they lose its text, or the first line of it',
    aspects: ['text'],
    holds: (at) =>
      has(at, 'HEADER_UNTERMINATED') && (written(at, NO_BLANK_LINE) || written(at, BLANKS_FOR_BLANK_LINE)) && lacks(at),
  },
  {
    verdict: 'their fault',
    why: 'no blank line ends the header of a part: they lose its octets, or those of the first line',
    aspects: ['digests'],
    holds: (at) =>
      has(at, 'HEADER_UNTERMINATED') &&
      (written(at, NO_BLANK_LINE) || written(at, BLANKS_FOR_BLANK_LINE)) &&
      (hasNoOctets(at.theirs) || skipsToBlankLine(at)),
  },
  {
    verdict: 'their fault',
    why: 'the boundary that is named never occurs: they lose the text',
    aspects: ['text'],
    holds: (at) => (at.theirs === '' || lacks(at)) && has(at, 'BOUNDARY_UNSEEN') && namesUnseenBoundary(at),
  },
  {
    verdict: 'their fault',
    why: 'no boundary is named, be there boundaries or none: they lose all parts',
    aspects: ['count', 'digests', 'text'],
    holds: (at) =>
      has(at, 'BOUNDARY_MISSING') &&
      written(at, NO_BOUNDARY) &&
      (at.aspect === 'count' ? Number(at.theirs) < Number(at.ours) : lacks(at)),
  },
  {
    verdict: 'their fault',
    why: 'RFC 2045 §6.7 (3): blanks at the end of a line are not part of it, be it the last one of a part',
    aspects: ['digests'],
    holds: (at) =>
      written(at, /^content-transfer-encoding:\s*quoted-printable/im) && written(at, /[^\s-][ \t]+\r?\n--/),
  },
  {
    verdict: 'matter of taste',
    why: 'octets that no charset is named for are guessed, and an issue says so',
    aspects: ['text', 'subject'],
    holds: (at) => has(at, 'CHARSET_GUESSED', /^No charset/) && isUnread(at.theirs) && !isUnread(at.ours),
  },
  {
    verdict: 'matter of taste',
    why: 'octets 0x80-0x9F labelled iso-8859-1 are windows-1252 (WHATWG Encoding), and an issue says so',
    aspects: ['text'],
    holds: (at) => has(at, 'CHARSET_GUESSED', /^Labelled iso-8859-1, read as windows-1252/),
  },
  {
    verdict: 'matter of taste',
    why: 'the plain text is empty: ours is that of the HTML',
    aspects: ['text'],
    holds: (at) => at.theirs === '' && written(at, /^content-type:\s*text\/html/im),
  },
  {
    verdict: 'their fault',
    why: 'RFC 2046 §4.1.4: text of an unknown kind is plain text; they have none',
    aspects: ['text'],
    holds: (at) => at.theirs === '' && written(at, /^content-type:\s*text\/(?!(?:plain|html)[\s;])/im),
  },
  {
    verdict: 'their fault',
    why: 'the fold before a boundary lost its blank: they lose all parts',
    aspects: ['text'],
    holds: (at) =>
      at.theirs === '' && has(at, 'FIELD_MALFORMED') && written(at, /^content-type:[^\n]*;[ \t]*\r?\nboundary=/im),
  },
  {
    verdict: 'matter of taste',
    why: 'RFC 8621 §4.1.2: of a field that occurs more than once the last instance counts; most take the first',
    aspects: ['subject', 'from', 'to', 'date', 'messageId'],
    holds: (at) => has(at, 'FIELD_REPEATED', /last counts/) && written(at, REPEATED[at.aspect] ?? /^$(?!)/),
  },
  {
    verdict: 'matter of taste',
    why: 'RFC 8621 §4.1.2.5: words between two ids are part of neither; most give the field as it stands',
    aspects: ['messageId'],
    holds: (at) => at.theirs.replace(/> [^<>]+ </g, '> <') === at.ours,
  },
  {
    verdict: 'matter of taste',
    why: 'RFC 8621 §4.1.2.3: a comment behind an address stands for the name it has not',
    aspects: ['from', 'to'],
    holds: (at) => at.ours.endsWith(at.theirs) && written(at, /^(?:from|to)\s*:\s*<[^\n]*>\s*\(/im),
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
    verdict: 'their fault',
    why: 'RFC 3676 §4.3: with DelSp the blank that marks a soft line break is not part of the text',
    aspects: ['text'],
    holds: (at) => written(at, /delsp="?yes/i) && at.ours.replace(/[ >]/g, '') === at.theirs.replace(/[ >]/g, ''),
  },
  {
    verdict: 'matter of taste',
    why: 'a whole date with a zone, and words behind it: read, with an issue',
    aspects: ['date'],
    holds: (at) =>
      at.theirs === 'null' &&
      has(at, 'DATE_OBSOLETE') &&
      written(at, /^date:[^\n]*(?:\r?\n[ \t][^\n]*)*\d:\d\d(?:\s|\([^)]*\))+(?:[+-]\d{4}|[A-Z]{2,4})\s+[^\s(]/im),
  },
  {
    verdict: 'matter of taste',
    why: 'the zone was cut off behind its sign: RFC 5322 §4.3 reads what names no known zone as -0000, and an issue says so',
    aspects: ['date'],
    holds: (at) =>
      at.theirs === 'null' &&
      has(at, 'DATE_OBSOLETE') &&
      written(at, /^date:[^\n]*\d\d:\d\d(?::\d\d)?[ \t]+[+-]\s*$/im),
  },
  {
    verdict: 'their fault',
    why: 'the date was cut off before its time of day, or within its year: they invent the rest',
    aspects: ['date'],
    holds: (at) =>
      at.ours === 'null' && has(at, 'DATE_UNREADABLE') && !written(at, /^date:[^\n]*(?:\r?\n[ \t][^\n]*)*\d:\d\d/im),
  },
];

/** A field that occurs twice. */
const REPEATED: Readonly<Partial<Record<Aspect, RegExp>>> = {
  subject: /^subject[ \t]*:[\s\S]*^subject[ \t]*:/im,
  from: /^from[ \t]*:[\s\S]*^from[ \t]*:/im,
  to: /^to[ \t]*:[\s\S]*^to[ \t]*:/im,
  date: /^date[ \t]*:[\s\S]*^date[ \t]*:/im,
  messageId: /^message-id[ \t]*:[\s\S]*^message-id[ \t]*:/im,
};

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
