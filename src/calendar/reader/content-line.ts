/** A content line taken apart (RFC 5545 §3.1), its value as it stands. */
export interface ContentLine {
  /** Lower case, with its group (`group1.x-test`) where it has one. */
  readonly name: string;
  /** In the order written; a list where several values stand. Names in lower case. */
  readonly parameters: readonly (readonly [string, string | readonly string[]])[];
  readonly value: string;
  /** What is wrong with the line though it was read, or null. */
  readonly fault: string | null;
}

/** Parameters that RFC 5545 §3.2 and RFC 7986 §6 let have several values; elsewhere an unquoted comma is text (`CN=Doe, Jane`). */
const LISTS = new Set(['member', 'delegated-from', 'delegated-to', 'feature', 'display']);
/** vCalendar 1.0 writes `SUMMARY;QUOTED-PRINTABLE:` for `SUMMARY;ENCODING=QUOTED-PRINTABLE:`. */
const BARE_ENCODINGS = new Set(['quoted-printable', 'base64', '8bit', '7bit']);
const NAME = /^[a-z0-9][a-z0-9.-]*$/;
/** Schemes of the addresses and links that parameters hold. */
const SCHEME = /^(?:mailto|cid|sip|tel|urn)$/i;
/** What a time's value begins with. */
const DATE = /^ *\d{4}-?\d{2}-?\d{2}/;
/** No zone has a longer name. */
const LONGEST_ZONE = 200;
/** The rest of a zone's name, up to the colon before a time. */
const UNQUOTED_ZONE = /^:[^":;]*(?::[^":;]*)?(?=: *\d{4}-?\d{2}-?\d{2})/;

/** RFC 6868 §3.1. */
function decodeCaret(text: string): string {
  if (!text.includes('^')) return text;
  return text.replace(/\^[n^']/g, (pair) => (pair === '^n' ? '\n' : pair === '^^' ? '^' : '"'));
}

/** The index of the next character of a set, or the line's length. */
function next(line: string, from: number, stops: string): number {
  let at = from;
  while (at < line.length && !stops.includes(line.charAt(at))) at++;
  return at;
}

class Scanner {
  readonly line: string;
  at = 0;
  fault: string | null = null;
  /** Set once no quote follows any more: many opening quotes must not each search the line to its end. */
  #quotesSpent = false;

  constructor(line: string) {
    this.line = line;
  }

  /** The end of a quoted value that begins at `at`, or -1. */
  #closingQuote(): number {
    if (this.#quotesSpent) return -1;
    const close = this.line.indexOf('"', this.at + 1);
    this.#quotesSpent = close === -1;
    return close;
  }

  value(name: string): { readonly text: string; readonly quoted: boolean } {
    if (this.line.charAt(this.at) === '"') {
      const close = this.#closingQuote();
      if (close !== -1) {
        const after = next(this.line, close + 1, ',;:');
        const rest = this.line.slice(close + 1, after).trim();
        if (rest !== '') this.fault = 'text after a closing quote';
        const text = this.line.slice(this.at + 1, close) + rest;
        this.at = after;
        return { text, quoted: true };
      }
      this.fault = 'a quote that is not closed';
      this.at++;
    }
    const from = this.at;
    const stops = LISTS.has(name) ? ',;:' : ';:';
    let end = next(this.line, from, stops);
    // `ALTREP=http://…` ought to be quoted; `://` right after a scheme does not end the parameter.
    if (
      name !== 'value' &&
      this.line.startsWith('://', end) &&
      /^[a-z][a-z0-9+.-]*$/i.test(this.line.slice(from, end))
    ) {
      end = next(this.line, end + 3, stops);
      this.fault = 'a parameter that ought to be quoted';
    }
    // So ought `SENT-BY=mailto:…`: a scheme right before a colon does not end it where another colon follows.
    if (name !== 'value' && SCHEME.test(this.line.slice(from, end)) && this.line.indexOf(':', end + 1) !== -1) {
      end = next(this.line, end + 1, stops);
      this.fault = 'a parameter that ought to be quoted';
    }
    // `TZID=(UTC+01:00) Amsterdam, Berlin` ought to be quoted too; its colons do not end it where no date follows.
    if (name === 'tzid' && this.line.charAt(end) === ':' && !DATE.test(this.line.slice(end + 1, end + 16))) {
      const [whole = ''] = UNQUOTED_ZONE.exec(this.line.slice(end, end + LONGEST_ZONE)) ?? [];
      if (whole !== '') {
        end += whole.length;
        this.fault = 'a parameter that ought to be quoted';
      }
    }
    this.at = end;
    return { text: this.line.slice(from, end).trim(), quoted: false };
  }
}

/**
 * Takes a content line apart, or null where it has neither a name nor a value. Linear in its length. Where a quote swallows
 * the value (`DTSTART;TZID="W. Europe Standard Time:20200609T090000"`), the line is read once more without its quotes.
 */
export function readContentLine(line: string): ContentLine | null {
  const read = takeApart(line);
  if (read?.fault !== NO_VALUE || !line.includes('"')) return read;
  const again = takeApart(line.replaceAll('"', ''));
  return again === null || again.fault === NO_VALUE ? read : { ...again, fault: 'a quote around the value' };
}

const NO_VALUE = 'no value';

function takeApart(line: string): ContentLine | null {
  const nameEnd = next(line, 0, ';:');
  if (nameEnd === line.length || nameEnd === 0) return null;
  const name = line.slice(0, nameEnd).trim().toLowerCase();
  const scanner = new Scanner(line);
  scanner.at = nameEnd;
  if (!NAME.test(name)) scanner.fault = 'a name with characters a name cannot have';
  const parameters: [string, string | readonly string[]][] = [];
  while (line.charAt(scanner.at) === ';') {
    const from = scanner.at + 1;
    const end = next(line, from, '=;:');
    const key = line.slice(from, end).trim().toLowerCase();
    scanner.at = end;
    if (line.charAt(end) !== '=') {
      if (BARE_ENCODINGS.has(key)) parameters.push(['encoding', key.toUpperCase()]);
      else if (key !== '') parameters.push(['type', key]);
      continue;
    }
    scanner.at = end + 1;
    while (line.charAt(scanner.at) === ' ') scanner.at++;
    const first = scanner.value(key);
    const list = [decodeCaret(first.text)];
    while (line.charAt(scanner.at) === ',') {
      scanner.at++;
      list.push(decodeCaret(scanner.value(key).text));
    }
    parameters.push([key, list.length === 1 ? (list[0] ?? '') : list]);
  }
  if (scanner.at >= line.length) return { name, parameters, value: '', fault: NO_VALUE };
  return { name, parameters, value: line.slice(scanner.at + 1), fault: scanner.fault };
}
