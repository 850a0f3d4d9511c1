/** Content types (RFC 5652, RFC 3274, RFC 5083) and attribute types read here. */
export const OID = {
  DATA: '1.2.840.113549.1.7.1',
  SIGNED_DATA: '1.2.840.113549.1.7.2',
  ENVELOPED_DATA: '1.2.840.113549.1.7.3',
  ENCRYPTED_DATA: '1.2.840.113549.1.7.6',
  COMPRESSED_DATA: '1.2.840.113549.1.9.16.1.9',
  AUTH_ENVELOPED_DATA: '1.2.840.113549.1.9.16.1.23',
  SUBJECT_KEY_IDENTIFIER: '2.5.29.14',
} as const;

/** Two million characters of digits must not come out of one certificate. */
const ARC_LIMIT = 128;

/** `1.2.840.113549.1.7.2` of the content octets of an OBJECT IDENTIFIER (X.690 §8.19); '' where they are none. */
export function readObjectIdentifier(content: Uint8Array): string {
  const arcs: string[] = [];
  let arc = 0n;
  let digits = 0;
  for (const octet of content) {
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    digits++;
    if (digits > 20 || arcs.length > ARC_LIMIT) return '';
    if ((octet & 0x80) !== 0) continue;
    if (arcs.length === 0) {
      const first = arc < 40n ? 0n : arc < 80n ? 1n : 2n;
      arcs.push(String(first), String(arc - first * 40n));
    } else arcs.push(String(arc));
    arc = 0n;
    digits = 0;
  }
  return digits === 0 ? arcs.join('.') : '';
}
