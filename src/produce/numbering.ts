import { MailproofError } from '../model/index.ts';

/** Digits a number has at least: platforms sort control numbers as text. */
export const LEAST_DIGITS = 7;

/** How control numbers are written. */
export interface Numbering {
  readonly prefix: string;
  readonly digits: number;
}

/**
 * Checks a numbering. A prefix that ends in a digit would make `A1` + `0000001` and `A` + `10000001` the same number; one
 * that ends in a space is cut by loaders. Throws USAGE.
 */
export function numbering(prefix: string, digits: number): Numbering {
  if (!/^[A-Za-z0-9_.-]*[A-Za-z_.-]$/.test(prefix) || prefix.length > 40 || prefix.startsWith('.')) {
    throw new MailproofError('USAGE', `${JSON.stringify(prefix)} cannot be a prefix of control numbers.`, {
      advice: 'Use up to 40 letters, digits, "_", "-" and ".", the last one not a digit.',
    });
  }
  if (!Number.isInteger(digits) || digits < LEAST_DIGITS || digits > 15) {
    throw new MailproofError('USAGE', `Control numbers of ${digits} digits cannot be written.`, {
      advice: `Use ${LEAST_DIGITS} to 15 digits.`,
    });
  }
  return { prefix, digits };
}

/** `MP0000012`. */
export const controlNumber = ({ prefix, digits }: Numbering, number: number): string =>
  prefix + String(number).padStart(digits, '0');

/** The number at a control number's end, and what stands before it; null where it does not end in digits. */
export function splitControlNumber(text: string): { readonly prefix: string; readonly number: number } | null {
  let at = text.length;
  while (at > 0 && /\d/.test(text.charAt(at - 1))) at--;
  const digits = text.slice(at);
  if (digits === '' || digits.length > 15) return null;
  return { prefix: text.slice(0, at), number: Number(digits) };
}
