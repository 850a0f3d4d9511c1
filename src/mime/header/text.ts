import { decodeHeaderText } from '../encoded-word/decode.ts';
import { FieldFaults } from './faults.ts';
import { toByteString, trimBlanks, unfold } from './unfold.ts';

/** The Text form of a field (RFC 8621 §4.1.2.2): unfolded, encoded words decoded, blanks at its ends taken off. */
export function readTextField(raw: string, faults: FieldFaults, hint: string | null): string {
  return trimBlanks(decodeHeaderText(trimBlanks(raw), faults, hint));
}

/** The Text form of a header value given as a string: what `header.value` of an Email holds. */
export function readUnstructured(value: string): string {
  return readTextField(toByteString(value), new FieldFaults(), null);
}

/** A comma-separated list of phrases (`Keywords`, RFC 5322 §3.6.5), each decoded. Empty members are left out. */
export function readKeywords(value: string): string[] {
  const faults = new FieldFaults();
  return unfold(toByteString(value))
    .split(',')
    .map((member) => trimBlanks(decodeHeaderText(trimBlanks(member), faults)))
    .filter((member) => member !== '');
}
