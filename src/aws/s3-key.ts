import { MailproofError } from '../model/index.ts';

/** The key's longest form, in octets of UTF-8 (S3 User Guide, "Naming objects"). */
const KEY_OCTETS = 1_024;

/**
 * Holds a path below a prefix to what a folder can carry too: relative, `/`-separated, no empty, `.` or `..` segment, no
 * control character, no backslash, so that what was written to S3 can be copied to a disk as it is. Throws USAGE.
 */
export function checkSinkPath(path: string, prefix: string): void {
  const bad =
    path === '' ||
    path.includes('\\') ||
    /\p{Cc}/u.test(path) ||
    path.split('/').some((segment) => segment === '' || segment === '.' || segment === '..') ||
    Buffer.byteLength(prefix + path) > KEY_OCTETS;
  if (bad)
    throw new MailproofError('USAGE', `${JSON.stringify(path)} is not a path within the output.`, {
      details: { path },
    });
}

/** A prefix may be empty or end with `/`; else it is held to the same rules. Throws USAGE. */
export function checkSinkPrefix(path: string, prefix: string): void {
  if (path !== '') checkSinkPath(path.endsWith('/') ? path.slice(0, -1) : path, prefix);
}
