import { isAscii } from 'node:buffer';

/** One header field as it stands. */
export interface HeaderField {
  /** In its own case. */
  readonly name: string;
  readonly lowerName: string;
  /** What stands between the colon and the last line break, one character per octet; folds are CRLF and a blank. */
  readonly raw: string;
}

/** The fields whose places are known: of each its start, its colon and its end without the line break. */
export function cutFields(view: Buffer, start: number, end: number, offsets: readonly number[]): HeaderField[] {
  const fields: HeaderField[] = [];
  if (offsets.length === 0) return fields;
  const text = view.toString('latin1', start, end);
  const plain = !text.includes('\0');
  for (let index = 0; index < offsets.length; index += 3) {
    const from = (offsets[index] ?? 0) - start;
    const colon = (offsets[index + 1] ?? 0) - start;
    const to = (offsets[index + 2] ?? 0) - start;
    const name = text.slice(from, colon).trimEnd();
    let raw = text.slice(colon + 1, to);
    // RFC 8621 §4.1.2.1: NUL octets are dropped.
    if (!plain && raw.includes('\0')) raw = raw.replaceAll('\0', '');
    fields.push({ name, lowerName: name.toLowerCase(), raw: canonicalFolds(raw) });
  }
  return fields;
}

/** Folds are written CRLF, as RFC 5322 has them, whatever the file uses: the same message gives the same field. */
function canonicalFolds(raw: string): string {
  let feed = raw.indexOf('\n');
  while (feed >= 0) {
    if (raw[feed - 1] !== '\r' || raw[feed - 2] === '\r')
      return raw.replace(/\r+\n?|\n/g, (run) => (run.endsWith('\n') ? '\r\n' : run));
    feed = raw.indexOf('\n', feed + 1);
  }
  return raw;
}

/** The field as text: what RFC 8621 §4.1.2.1 calls Raw, for 8-bit octets decoded by `decode`. */
export function rawText(raw: string, decode: (octets: Buffer) => string): string {
  if (!/[\x80-\xff]/.test(raw)) return raw;
  const octets = Buffer.from(raw, 'latin1');
  return isAscii(octets) ? raw : decode(octets);
}
