import { Buffer } from 'node:buffer';
import { readDistinguishedName } from './distinguished-name.ts';
import { contentOf, type Element, isContext, isUniversal, readChildren, readElement, TAG } from './element.ts';
import { OID, readObjectIdentifier } from './object-identifier.ts';

/** Who a certificate or a signature names. */
export interface CertificateName {
  /** RFC 4514; '' for a signer whose certificate is not enclosed. */
  readonly subject: string;
  /** RFC 4514; '' for a signer named by key identifier whose certificate is not enclosed. */
  readonly issuer: string;
  /** Lower-case hexadecimal without leading zero octets; '' where it is not known. */
  readonly serialNumber: string;
}

export interface Certificate extends CertificateName {
  /** Hexadecimal of the subjectKeyIdentifier extension, null where there is none. */
  readonly keyIdentifier: string | null;
}

/** Names of an X.509 certificate (RFC 5280 §4.1); null where the element is none. */
export function readCertificate(bytes: Uint8Array, certificate: Element): Certificate | null {
  const [body] = readChildren(bytes, certificate);
  if (!isUniversal(body, TAG.SEQUENCE)) return null;
  const fields = [...take(readChildren(bytes, body), 12)];
  // The version is [0] and absent in version 1.
  const at = isContext(fields[0], 0) ? 1 : 0;
  const serial = fields[at];
  const issuer = fields[at + 2];
  const subject = fields[at + 4];
  if (!isUniversal(serial, TAG.INTEGER) || !isUniversal(issuer, TAG.SEQUENCE) || !isUniversal(subject, TAG.SEQUENCE)) {
    return null;
  }
  const extensions = fields.slice(at + 6).find((field) => isContext(field, 3));
  return {
    subject: readDistinguishedName(bytes, subject),
    issuer: readDistinguishedName(bytes, issuer),
    serialNumber: readSerialNumber(contentOf(bytes, serial)),
    keyIdentifier: extensions === undefined ? null : readKeyIdentifier(bytes, extensions),
  };
}

/** Hexadecimal of an INTEGER's octets; a leading zero octet only says that it is positive. */
export function readSerialNumber(content: Uint8Array): string {
  return Buffer.from(content)
    .toString('hex')
    .replace(/^(00)+(?=.)/, '');
}

function readKeyIdentifier(bytes: Uint8Array, extensions: Element): string | null {
  const [list] = readChildren(bytes, extensions);
  if (list === undefined) return null;
  for (const extension of readChildren(bytes, list)) {
    const fields = [...take(readChildren(bytes, extension), 3)];
    const [type] = fields;
    const value = fields.at(-1);
    if (!isUniversal(type, TAG.OBJECT_IDENTIFIER) || !isUniversal(value, TAG.OCTET_STRING)) continue;
    if (readObjectIdentifier(contentOf(bytes, type)) !== OID.SUBJECT_KEY_IDENTIFIER) continue;
    const inner = readElement(bytes, value.contentStart, value.contentEnd);
    return inner === null ? null : Buffer.from(contentOf(bytes, inner)).toString('hex');
  }
  return null;
}

/** The first `count` elements: a certificate with a million fields is not read to its end. */
export function* take<T>(values: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const value of values) {
    if (left-- === 0) return;
    yield value;
  }
}
