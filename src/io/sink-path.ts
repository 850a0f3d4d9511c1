import { MailproofError } from '../model/index.ts';

/** Files in the making: a name no run writes, so that a listing can leave them out. */
export const PARTIAL_PREFIX = '.mailproof-partial-';

/** In one look: a production of a hundred thousand files asks as often. */
const UNFIT = new RegExp(`[\\p{Cc}\\\\]|(?:^|/)(?:\\.{0,2}(?:/|$)|${PARTIAL_PREFIX.replace('.', '\\.')})`, 'u');

/**
 * Holds a path to what a folder and an S3 prefix can both carry: relative, `/`-separated, no empty, `.` or `..` segment, no
 * control character, no backslash (a separator on Windows: `..\..\x` would leave the folder there). Throws USAGE.
 */
export function checkSinkPath(path: string): void {
  if (UNFIT.test(path))
    throw new MailproofError('USAGE', `${JSON.stringify(path)} is not a path within the output.`, {
      details: { path },
    });
}

/** A prefix may be empty or end with `/`; else it is held to the same rules as a path. Throws USAGE. */
export function checkSinkPrefix(prefix: string): void {
  const path = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
  if (prefix !== '') checkSinkPath(path);
}
