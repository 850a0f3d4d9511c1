import { Buffer } from 'node:buffer';
import { type Issue, issue } from '../../../model/index.ts';
import { type Certificate, type CertificateName, readCertificate, readSerialNumber, take } from './certificate.ts';
import { readDistinguishedName } from './distinguished-name.ts';
import { contentOf, type Element, isContext, isUniversal, readChildren, TAG } from './element.ts';
import { readEncapsulatedContent } from './encapsulated-content.ts';

/** More signers or certificates than any message has. */
export const NAME_LIMIT = 1_000;

export interface SignedData {
  readonly content: Uint8Array | null;
  readonly signers: readonly CertificateName[];
  readonly certificates: readonly CertificateName[];
}

/** SignedData (RFC 5652 §5.1). Signatures are not verified: that needs trust, which evidence does not have. */
export function readSignedFields(bytes: Uint8Array, signedData: Element, issues: Issue[]): SignedData {
  const fields = [...take(readChildren(bytes, signedData), 6)];
  const info = fields[2];
  const content = isUniversal(info, TAG.SEQUENCE) ? readEncapsulatedContent(bytes, info, issues) : null;
  const rest = fields.slice(3);
  const enclosed = rest.find((field) => isContext(field, 0));
  const certificates = enclosed === undefined ? [] : readCertificates(bytes, enclosed, issues);
  const infos = rest.find((field) => isUniversal(field, TAG.SET));
  const signers: CertificateName[] = [];
  const byIssuer = new Map(certificates.map((certificate) => [issuerKey(certificate), certificate]));
  const byKey = new Map(certificates.map((certificate) => [certificate.keyIdentifier, certificate]));
  if (infos !== undefined) {
    for (const signer of take(readChildren(bytes, infos), NAME_LIMIT)) {
      const [, identifier] = readChildren(bytes, signer);
      if (identifier === undefined) continue;
      if (isContext(identifier, 0)) {
        const key = Buffer.from(contentOf(bytes, identifier)).toString('hex');
        signers.push(nameOf(byKey.get(key)));
      } else {
        const named = readIssuerAndSerial(bytes, identifier);
        signers.push(nameOf(byIssuer.get(issuerKey(named)), named));
      }
    }
  }
  return { content, signers, certificates: certificates.map((certificate) => nameOf(certificate)) };
}

function readCertificates(bytes: Uint8Array, set: Element, issues: Issue[]): Certificate[] {
  const certificates: Certificate[] = [];
  let unreadable = 0;
  for (const element of take(readChildren(bytes, set), NAME_LIMIT)) {
    // [0] to [3] are attribute certificates and PKCS #6: they name nobody who signs.
    if (!isUniversal(element, TAG.SEQUENCE)) continue;
    const certificate = readCertificate(bytes, element);
    if (certificate === null) unreadable++;
    else certificates.push(certificate);
  }
  if (unreadable > 0) issues.push(issue('EMBEDDED_DAMAGED', `${unreadable} enclosed certificate(s) cannot be read`));
  return certificates;
}

function readIssuerAndSerial(bytes: Uint8Array, identifier: Element): CertificateName {
  const [issuer, serial] = readChildren(bytes, identifier);
  return {
    subject: '',
    issuer: isUniversal(issuer, TAG.SEQUENCE) ? readDistinguishedName(bytes, issuer) : '',
    serialNumber: isUniversal(serial, TAG.INTEGER) ? readSerialNumber(contentOf(bytes, serial)) : '',
  };
}

function issuerKey({ issuer, serialNumber }: CertificateName): string {
  return `${serialNumber} ${issuer}`;
}

function nameOf(
  certificate: Certificate | undefined,
  otherwise: CertificateName = { subject: '', issuer: '', serialNumber: '' },
): CertificateName {
  if (certificate === undefined) return otherwise;
  const { subject, issuer, serialNumber } = certificate;
  return { subject, issuer, serialNumber };
}
