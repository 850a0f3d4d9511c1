import { decodeCharset } from '../charset/decode.ts';
import { resolveCharset } from '../charset/names.ts';
import { decodeHeaderText } from '../encoded-word/decode.ts';
import type { FieldFaults } from './faults.ts';

/** A parameter as it stands: `name*0*`, value unquoted but not decoded (a byte string). */
export interface RawParameter {
  readonly name: string;
  readonly value: string;
}

/** More pieces than this are no file name (RFC 2231 §3 sets no bound). */
const MAX_PIECES = 10_000;

interface Piece {
  readonly index: number;
  readonly value: string;
  readonly extended: boolean;
}

/** Parameters by lower-case name, decoded: RFC 2231, RFC 2047, raw octets. The first of a repeated name counts. */
export function decodeParameters(
  raw: readonly RawParameter[],
  faults: FieldFaults,
  hint: string | null,
): Map<string, string> {
  const plain = new Map<string, string>();
  const pieces = new Map<string, Piece[]>();
  for (const { name: written, value } of raw) {
    const name = decodeHeaderText(written, faults, hint).toLowerCase();
    const star = name.indexOf('*');
    if (star < 0) {
      // A boundary is octets: what looks like an encoded word in it is none.
      const verbatim = name === 'boundary' && !/[\x80-\xff]/.test(value);
      if (!plain.has(name)) plain.set(name, verbatim ? value : decodeHeaderText(value, faults, hint));
      continue;
    }
    const parsed = /^\*(?:(\d{1,9})(\*)?)?$/.exec(name.slice(star));
    const key = name.slice(0, star);
    if (parsed === null || key === '') continue;
    const list = pieces.get(key) ?? [];
    pieces.set(key, list);
    const extended = parsed[1] === undefined || parsed[2] !== undefined;
    if (list.length < MAX_PIECES) list.push({ index: Number(parsed[1] ?? '0'), value, extended });
  }
  // An extended value says the charset, a plain one beside it is for readers that know no RFC 2231.
  for (const [name, list] of pieces) plain.set(name, joinPieces(list, faults, hint));
  return plain;
}

/** Puts RFC 2231 §3-4 pieces together in the order of their numbers, and decodes them as one. */
function joinPieces(list: readonly Piece[], faults: FieldFaults, hint: string | null): string {
  const sorted = list.toSorted((left, right) => left.index - right.index);
  let charset: string | null = null;
  const octets: Buffer[] = [];
  for (const [place, piece] of sorted.entries()) {
    let { value } = piece;
    if (piece.extended) {
      const quote = value.indexOf("'");
      const second = quote < 0 ? -1 : value.indexOf("'", quote + 1);
      // `utf-8'a.txt`: without its second quote it is a charset still where there is one of that name.
      const alone = quote > 0 && second < 0 && resolveCharset(value.slice(0, quote)) !== null;
      if (place === 0 && (second >= 0 || alone)) {
        charset = value.slice(0, quote);
        value = value.slice((alone ? quote : second) + 1);
      } else if (place > 0 && charset !== null && charset !== '' && value.startsWith(`${charset}'`)) {
        value = value.slice(charset.length + 1); // some senders repeat the charset in every piece
      }
      octets.push(percentDecoded(value));
    } else octets.push(Buffer.from(value, 'latin1'));
  }
  const joined = Buffer.concat(octets);
  if (charset === null) return decodeHeaderText(joined.toString('latin1'), faults, hint);
  const { text, defect } = decodeCharset(joined, charset, hint);
  if (defect !== null && charset !== '') faults.add(defect.code, defect.message);
  return text;
}

function percentDecoded(value: string): Buffer {
  const octets = Buffer.from(value, 'latin1');
  let to = 0;
  for (let at = 0; at < octets.length; at++) {
    const digits = octets[at] === 0x25 ? value.slice(at + 1, at + 3) : '';
    if (/^[0-9A-Fa-f]{2}$/.test(digits)) {
      octets[to++] = Number.parseInt(digits, 16);
      at += 2;
    } else octets[to++] = octets[at] ?? 0;
  }
  return octets.subarray(0, to);
}
