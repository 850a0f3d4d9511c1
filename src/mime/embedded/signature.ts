import type { JsonObject } from '../../model/index.ts';
import type { Leaf } from '../body/leaf.ts';
import type { MimeLimits } from '../limits.ts';
import { type CertificateName, readSignedData } from './smime/index.ts';

/**
 * Who signed a message with a detached S/MIME signature (RFC 8551 §3.5.3), or whose certificates it carries (§3.8):
 * `{ kind: 'detached-signature' | 'certificates', signers, certificates }`, each `{ subject, issuer, serialNumber }`.
 * Null for a part that is neither. No signature is verified.
 */
export function readSignature(
  leaf: Leaf,
  octetsOf: (leaf: Leaf) => Buffer | null,
  limits: MimeLimits,
): JsonObject | null {
  if (!isSignature(leaf)) return null;
  const { part } = leaf;
  const octets = leaf.size > limits.maxEmbeddedBytes ? null : octetsOf(leaf);
  if (octets === null) {
    part.faults.add('LIMIT_REACHED', `Longer than maxEmbeddedBytes (${limits.maxEmbeddedBytes}): not read.`);
    return null;
  }
  const { kind, signers, certificates, issues } = readSignedData(octets);
  // Of the mail itself nothing is missing where its signature is cut: that is no damage of the message.
  for (const { code, message } of issues)
    part.faults.add(code === 'PART_TRUNCATED' ? 'EMBEDDED_UNREADABLE' : code, message);
  if (kind !== 'signed' || signers.length + certificates.length === 0) {
    part.faults.add('EMBEDDED_UNREADABLE', 'The signature names nobody: it is no PKCS #7 signed data.');
    return null;
  }
  return {
    kind: signers.length > 0 ? 'detached-signature' : 'certificates',
    signers: named(signers),
    certificates: named(certificates),
  };
}

/** Certificate names as they stand in a record. */
export function named(names: readonly CertificateName[]): JsonObject[] {
  return names.map(({ subject, issuer, serialNumber }) => ({ subject, issuer, serialNumber }));
}

function isSignature({ part, head }: Leaf): boolean {
  const { type, parameters, dispositionParameters } = part;
  if (!type.startsWith('application/')) return false;
  if (/^application\/(?:x-)?pkcs7-signature$/.test(type)) return true;
  const generic = type === 'application/octet-stream';
  if (!generic && !/^application\/(?:x-)?pkcs7-mime$/.test(type)) return false;
  if (!generic && parameters.get('smime-type')?.toLowerCase() === 'certs-only') return true;
  const name = (dispositionParameters.get('filename') ?? parameters.get('name') ?? '').trim();
  // A name alone is no proof: DER begins with a SEQUENCE.
  return head[0] === 0x30 && (generic ? /\.p7[sc]$/i : /\.p7c$/i).test(name);
}
