import { decodeCharset } from '../charset/decode.ts';
import type { FieldFaults } from '../header/faults.ts';
import type { MimeLimits } from '../limits.ts';
import { unflow } from './flowed.ts';
import { charsetOfHtml, htmlToText } from './html.ts';

/** What has to be known of a part to read its text. */
export interface TextSource {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly faults: FieldFaults;
}

/** The text of a text part: its charset decoded, line breaks LF, flowed lines joined, HTML rendered. */
export function partText(octets: Buffer, source: TextSource, limits: MimeLimits): string {
  const { parameters, faults } = source;
  const html = source.type === 'text/html';
  const label = parameters.get('charset') ?? null;
  const { text, defect } = decodeCharset(octets, label, html ? charsetOfHtml(octets) : null);
  // An unlabelled page that names its own charset was not guessed.
  if (defect !== null) faults.add(defect.code, defect.message);
  if (html) return htmlText(text, faults, limits);
  const lines = withLineFeeds(text);
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
  const head = text.slice(0, 4_096).replace(/\s+/g, ' ').trim();
  if (head.length <= 256) return head;
  const cut = head.slice(0, 256);
  // Half a surrogate pair is no character.
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}
