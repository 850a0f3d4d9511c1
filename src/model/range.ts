import { MailproofError } from './errors.ts';

/** Holds a caller to whole octets within the source. Throws USAGE: a wrong range is the program's fault, not the data's. */
export function checkRange(start: number, end: number, size: number, location: string): void {
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end && end <= size) return;
  throw new MailproofError(
    'USAGE',
    `The range ${start}-${end} does not lie within the ${size} octets of ${location}.`,
    {
      details: { location, start, end, size },
    },
  );
}
