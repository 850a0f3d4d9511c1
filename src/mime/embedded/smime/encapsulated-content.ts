import { type Issue, issue } from '../../../model/index.ts';
import { contentOf, type Element, isContext, isUniversal, readChildren, TAG } from './element.ts';
import { readOctetString } from './octet-string.ts';

/**
 * The octets of an EncapsulatedContentInfo (RFC 5652 §5.2); null where the content is absent, as in a detached signature.
 * PKCS #7 let any type stand there: one that is no OCTET STRING is given as its content octets (RFC 5652 §5.2.1).
 */
export function readEncapsulatedContent(bytes: Uint8Array, info: Element, issues: Issue[]): Uint8Array | null {
  const [, wrapper] = readChildren(bytes, info);
  if (!isContext(wrapper, 0)) return null;
  const [inner] = readChildren(bytes, wrapper);
  if (inner === undefined) return null;
  if (!isUniversal(inner, TAG.OCTET_STRING)) return contentOf(bytes, inner);
  const { bytes: octets, truncated, limited } = readOctetString(bytes, inner);
  if (truncated) issues.push(issue('PART_TRUNCATED', 'the CMS content ends before its length: what is there was read'));
  if (limited) issues.push(issue('LIMIT_REACHED', 'segments of the CMS content nest too deep: they were left out'));
  return octets;
}
