import { decodeCharset } from '../charset/decode.ts';
import { extractRtf } from '../embedded/tnef/rtf/extract.ts';
import type { FieldFaults } from '../header/faults.ts';
import type { MimeLimits } from '../limits.ts';
import { enrichedToText } from './enriched.ts';
import { unflow } from './flowed.ts';
import { charsetOfHtml, htmlToText } from './html.ts';

/** What has to be known of a part to read its text. */
export interface TextSource {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly faults: FieldFaults;
}

/** The text of a text part: its charset decoded, line breaks LF, flowed lines joined, markup rendered. */
export function partText(octets: Buffer, source: TextSource, limits: MimeLimits): string {
  const { parameters, faults } = source;
  const html = source.type.endsWith('html');
  if (/^text\/(?:rtf|richtext)$/.test(source.type) && octets.toString('latin1', 0, 5) === '{\\rtf') {
    const rtf = extractRtf(octets);
    return rtf.html === null ? withLineFeeds(rtf.text ?? '') : htmlText(rtf.html, faults, limits);
  }
  const label = parameters.get('charset') ?? null;
  const wide = label !== null && /(?:16|32|ucs|unicode)/i.test(label);
  const { text, defect } = decodeCharset(
    html || wide ? octets : withoutReturns(octets),
    label,
    html ? charsetOfHtml(octets) : null,
  );
  // An unlabelled page that names its own charset was not guessed.
  if (defect !== null) faults.add(defect.code, defect.message);
  if (html) return htmlText(text, faults, limits);
  const lines = withLineFeeds(text);
  if (/^text\/(?:enriched|richtext)$/.test(source.type)) return enrichedToText(lines, source.type === 'text/richtext');
  if (parameters.get('format')?.toLowerCase() !== 'flowed') return lines;
  return unflow(lines, parameters.get('delsp')?.toLowerCase() === 'yes');
}

function htmlText(html: string, faults: FieldFaults, limits: MimeLimits): string {
  if (html.length <= limits.maxHtmlCharacters) return htmlToText(html);
  faults.add('LIMIT_REACHED', `The HTML is longer than maxHtmlCharacters (${limits.maxHtmlCharacters}): cut there.`);
  return htmlToText(html.slice(0, limits.maxHtmlCharacters));
}

/** CR LF, CR CR LF and bare CR are all one line break. */
export function withLineFeeds(text: string): string {
  if (!text.includes('\r')) return text;
  const lines = text.replaceAll('\r\n', '\n');
  // `\r+\n|\r` would walk each run of CRs once for every CR in it.
  return lines.includes('\r')
    ? lines.replace(/\r+\n?/g, (run) => (run.endsWith('\n') ? '\n' : '\n'.repeat(run.length)))
    : lines;
}

/** RFC 8621 §4.1.4 `preview`: at most 256 characters, blanks run together. */
export function previewOf(text: string): string {
  // Mostly the first few lines are enough; a text that begins with blanks needs more.
  let head = text.slice(0, 400).replace(/\s+/g, ' ').trim();
  if (head.length < 256 && text.length > 400) head = text.slice(0, 4_096).replace(/\s+/g, ' ').trim();
  if (head.length <= 256) return head;
  const cut = head.slice(0, 256);
  // Half a surrogate pair is no character.
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}

/**
 * Takes the CR out of every CR LF before the octets become text: replacing line breaks in a string costs several times
 * as much. Not where a NUL stands: charsets of two octets to a character may hold both without meaning either.
 */
function withoutReturns(octets: Buffer): Buffer {
  const first = octets.indexOf(13);
  if (first < 0 || octets.includes(0)) return octets;
  const kept = Buffer.allocUnsafe(octets.length);
  octets.copy(kept, 0, 0, first);
  let to = first;
  for (let at = first; at < octets.length; at++) {
    const octet = octets[at] ?? 0;
    if (octet !== 13 || octets[at + 1] !== 10) kept[to++] = octet;
  }
  return kept.subarray(0, to);
}
