import { decodeHeaderText } from '../encoded-word/decode.ts';
import { FieldFaults } from './faults.ts';
import { type ParameterizedValue, readParameterized } from './parameters.ts';
import { toByteString } from './unfold.ts';

/** A media type (RFC 2045 §5.1). */
export interface ContentType {
  /** Lower case, before the slash. */
  readonly type: string;
  /** Lower case; null where there is none. */
  readonly subtype: string | null;
  readonly parameters: ReadonlyMap<string, string>;
}

/** A disposition (RFC 2183) or any other value with parameters. */
export interface Disposition {
  /** Lower case. */
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Reads a Content-Type field given as a byte string; null where no type can be made out. */
export function readContentTypeField(raw: string, faults: FieldFaults, hint: string | null): ContentType | null {
  const { value, parameters } = readParameterized(raw, faults, hint);
  return split({ value: decodeHeaderText(value, faults, hint), parameters });
}

/** Reads a Content-Type value given as a string; null where no type can be made out (RFC 2045 §5.2 says text/plain). */
export function readContentType(value: string): ContentType | null {
  return readContentTypeField(toByteString(value), new FieldFaults(), null);
}

/** Reads a Content-Disposition value given as a string. */
export function readDisposition(value: string): Disposition {
  return readDispositionField(toByteString(value), new FieldFaults(), null);
}

/** Reads a Content-Disposition field given as a byte string; `value` is '' where it has parameters only. */
export function readDispositionField(raw: string, faults: FieldFaults, hint: string | null): Disposition {
  const typeless = /^\s*filename[*\d]{0,12}\s*=/i.test(raw);
  const { value, parameters } = readParameterized(typeless ? `;${raw}` : raw, faults, hint);
  return { value: firstWord(value), parameters };
}

function split({ value, parameters }: ParameterizedValue): ContentType | null {
  const slash = value.indexOf('/');
  const left = firstWord(slash < 0 ? value : value.slice(0, slash));
  const right = slash < 0 ? '' : firstWord(value.slice(slash + 1));
  if (left === '') return null;
  return { type: left, subtype: right === '' ? null : right, parameters };
}

/** RFC 6838 §4.2 allows 127 characters. */
const MAX_TOKEN = 255;

function firstWord(text: string): string {
  return (text.trim().slice(0, MAX_TOKEN).split(/\s/, 1)[0] ?? '').replace(/^["']|["'\\:,]+$/g, '').toLowerCase();
}
