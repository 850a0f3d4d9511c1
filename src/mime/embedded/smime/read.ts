import { type Issue, issue } from '../../../model/index.ts';
import { unwrapArmour } from './armour.ts';
import type { CertificateName } from './certificate.ts';
import { INFLATED_LIMIT, readCompressedContent } from './compressed-data.ts';
import { contentOf, isContext, isUniversal, readChildren, readElement, TAG } from './element.ts';
import { OID, readObjectIdentifier } from './object-identifier.ts';
import { readSignedFields } from './signed-data.ts';

export type { CertificateName } from './certificate.ts';

/** What a CMS structure (application/pkcs7-mime, application/pkcs7-signature) holds. */
export interface SignedContent {
  readonly kind: 'signed' | 'enveloped' | 'compressed' | 'other';
  /** The octets within, a MIME entity as a rule; null for a detached signature and for what is encrypted. */
  readonly content: Uint8Array | null;
  readonly signers: readonly CertificateName[];
  readonly certificates: readonly CertificateName[];
  readonly issues: readonly Issue[];
}

export interface ReadOptions {
  /** Octets that compressed content may inflate to; `INFLATED_LIMIT` unless said. */
  readonly inflatedLimit?: number;
}

const ENCRYPTED: ReadonlySet<string> = new Set([OID.ENVELOPED_DATA, OID.AUTH_ENVELOPED_DATA, OID.ENCRYPTED_DATA]);

/**
 * Reads CMS ContentInfo (RFC 5652 §3) in DER or BER. Never throws; no signature is verified.
 * Linear in the size of `bytes` but for inflated content, which `inflatedLimit` bounds.
 */
export function readSignedData(bytes: Uint8Array, options: ReadOptions = {}): SignedContent {
  const issues: Issue[] = [];
  const result = (kind: SignedContent['kind'], parts: Partial<SignedContent> = {}): SignedContent => {
    return { kind, content: null, signers: [], certificates: [], ...parts, issues };
  };
  const octets = unwrapArmour(bytes);
  const root = readElement(octets, 0, octets.length);
  const [type, wrapper] = root !== null && isUniversal(root, TAG.SEQUENCE) ? readChildren(octets, root) : [];
  const [body] = isContext(wrapper, 0) ? readChildren(octets, wrapper) : [];
  if (root === null || !isUniversal(type, TAG.OBJECT_IDENTIFIER)) {
    issues.push(issue('EMBEDDED_UNREADABLE', 'this is no CMS structure'));
    return result('other');
  }
  const contentType = readObjectIdentifier(contentOf(octets, type));
  if (ENCRYPTED.has(contentType)) {
    issues.push(issue('ENCRYPTED', 'the CMS content is encrypted: it cannot be read without the recipient’s key'));
    return result('enveloped');
  }
  if (body === undefined) {
    issues.push(issue('EMBEDDED_UNREADABLE', 'the CMS structure has no content'));
    return result(kindOf(contentType));
  }
  if (root.truncated) issues.push(issue('PART_TRUNCATED', 'the CMS structure ends before its length'));
  if (contentType === OID.SIGNED_DATA) return result('signed', readSignedFields(octets, body, issues));
  if (contentType === OID.COMPRESSED_DATA) {
    const content = readCompressedContent(octets, body, options.inflatedLimit ?? INFLATED_LIMIT, issues);
    return result('compressed', { content });
  }
  issues.push(issue('EMBEDDED_UNREADABLE', `CMS content of type ${contentType || 'unknown'} is not read`));
  return result('other');
}

function kindOf(contentType: string): SignedContent['kind'] {
  if (contentType === OID.SIGNED_DATA) return 'signed';
  return contentType === OID.COMPRESSED_DATA ? 'compressed' : 'other';
}
