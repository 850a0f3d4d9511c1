import { constants, inflateSync } from 'node:zlib';
import { type Issue, issue } from '../../../model/index.ts';
import { type Element, isUniversal, readChildren, TAG } from './element.ts';
import { readEncapsulatedContent } from './encapsulated-content.ts';

/** Octets a CompressedData may inflate to: zlib makes a thousand of one, and mail has no parts larger than this. */
export const INFLATED_LIMIT = 256 * 1024 * 1024;

/** CompressedData (RFC 3274): the content inflated, as much of it as there is; null where nothing can be. */
export function readCompressedContent(
  bytes: Uint8Array,
  compressedData: Element,
  limit: number,
  issues: Issue[],
): Uint8Array | null {
  const [, , info] = readChildren(bytes, compressedData);
  const deflated = isUniversal(info, TAG.SEQUENCE) ? readEncapsulatedContent(bytes, info, issues) : null;
  if (deflated === null) {
    issues.push(issue('EMBEDDED_UNREADABLE', 'the CMS CompressedData has no content'));
    return null;
  }
  try {
    return inflateSync(deflated, { maxOutputLength: limit });
  } catch (error) {
    if (isTooLarge(error)) {
      issues.push(
        issue('LIMIT_REACHED', `the compressed content inflates to more than ${limit} octets: it was not read`),
      );
      return null;
    }
  }
  return inflateBegun(deflated, limit, issues);
}

/** What comes out before the stream breaks off. */
function inflateBegun(deflated: Uint8Array, limit: number, issues: Issue[]): Uint8Array | null {
  try {
    const begun = inflateSync(deflated, { maxOutputLength: limit, finishFlush: constants.Z_SYNC_FLUSH });
    issues.push(issue('PART_TRUNCATED', 'the compressed content breaks off: what could be inflated was read'));
    return begun;
  } catch {
    issues.push(issue('EMBEDDED_UNREADABLE', 'the compressed content is no zlib stream or is damaged'));
    return null;
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
