import { hash, X509Certificate } from 'node:crypto';
import {
  BasicConstraints,
  Certificate,
  ExtKeyUsage,
  SignedData,
  SignedDataVerifyError,
  TimeStampResp,
  TSTInfo,
} from 'pkijs';
import { nonceNumber } from './timestamp-request.ts';

export { type TimestampRequest, timestampRequest } from './timestamp-request.ts';

export interface TimestampInput {
  /** A TimeStampResp, DER. */
  readonly response: Uint8Array;
  /** What was stamped, whole. */
  readonly octets: Uint8Array;
  /** Certificates that are trusted: the authority's root, PEM. Nothing else is: no system store, no network. */
  readonly authorities: readonly string[];
  /** Of the request, where it is at hand. */
  readonly nonce?: Uint8Array;
}

export interface Timestamp {
  /** RFC 3339 in UTC: the octets existed then. */
  readonly time: string;
  /** Hexadecimal. */
  readonly serial: string;
  /** The policy's object identifier. */
  readonly policy: string;
  /** The signer's name, as its certificate has it. */
  readonly authority: string;
}

export type TimestampResult =
  | { readonly valid: true; readonly stamp: Timestamp }
  | { readonly valid: false; readonly reason: string };

const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
/** ESS signing-certificate (RFC 2634, SHA-1) and signing-certificate-v2 (RFC 5035, SHA-256 unless it says otherwise). */
const SIGNING_CERTIFICATE: ReadonlyMap<string, readonly string[]> = new Map([
  ['1.2.840.113549.1.9.16.2.12', ['sha1']],
  ['1.2.840.113549.1.9.16.2.47', ['sha256', 'sha384', 'sha512']],
]);

class Refused extends Error {}

/** An ArrayBuffer of exactly these octets: the parser reads no views. */
const buffer = (octets: Uint8Array): ArrayBuffer => new Uint8Array(octets).buffer;

/** RFC 3161 §2.3: the signer's key serves time stamping and nothing else, and its certificate says so critically. */
function checkPurpose(certificate: Certificate): void {
  const extension = certificate.extensions?.find(({ extnID }) => extnID === EXTENDED_KEY_USAGE);
  const usage: unknown = extension?.parsedValue;
  const purposes = usage instanceof ExtKeyUsage ? usage.keyPurposes : [];
  if (extension?.critical !== true || purposes.length !== 1 || purposes[0] !== TIME_STAMPING) {
    throw new Refused('the signer’s certificate is not one for time stamping alone');
  }
}

/** RFC 3161 §2.4.2: the token names the certificate it is signed with, or another with the same key could be put in its place. */
function checkNamedCertificate(signed: SignedData, certificate: Certificate): void {
  const encoded = Buffer.from(certificate.toSchema(true).toBER(false));
  const attributes = signed.signerInfos[0]?.signedAttrs?.attributes ?? [];
  const isNamed = attributes.some((attribute) => {
    const algorithms = SIGNING_CERTIFICATE.get(attribute.type) ?? [];
    const octets = Buffer.from(attribute.toSchema().toBER(false));
    return algorithms.some((algorithm) => octets.includes(hash(algorithm, encoded, 'buffer')));
  });
  if (!isNamed) throw new Refused('the time stamp does not name the certificate it is signed with');
}

/** RFC 5280 §4.2.1.9: how many further authorities may stand between one and the signer. The library does not ask. */
function checkPathLengths(path: readonly Certificate[]): void {
  for (const [place, certificate] of path.entries()) {
    const extension = certificate.extensions?.find(({ extnID }) => extnID === BASIC_CONSTRAINTS);
    const constraints: unknown = extension?.parsedValue;
    const allowed = constraints instanceof BasicConstraints ? constraints.pathLenConstraint : undefined;
    // The first is the signer itself, the last the trusted root.
    if (typeof allowed === 'number' && place - 1 > allowed) {
      throw new Refused('an authority on the way to the trusted one had no right to name another');
    }
  }
}

function certificatesOf(pem: readonly string[]): Certificate[] {
  const blocks = pem.flatMap(
    (text) => text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [],
  );
  if (blocks.length === 0) throw new Refused('no trusted certificate was given');
  return blocks.map((block) => Certificate.fromBER(buffer(new X509Certificate(block).raw)));
}

function tokenOf(response: Uint8Array): { signed: SignedData; info: TSTInfo } {
  const answer = TimeStampResp.fromBER(buffer(response));
  // 0 is granted, 1 granted with changes (RFC 3161 §2.4.2).
  if (answer.status.status > 1) throw new Refused(`the authority did not grant it (status ${answer.status.status})`);
  if (answer.timeStampToken === undefined) throw new Refused('the answer holds no time stamp');
  const signed = new SignedData({ schema: answer.timeStampToken.content });
  const { eContent, eContentType } = signed.encapContentInfo;
  if (eContentType !== TST_INFO || eContent === undefined) throw new Refused('what is signed is no time stamp');
  if (signed.signerInfos.length !== 1) throw new Refused('it is not signed by one signer alone');
  return { signed, info: TSTInfo.fromBER(eContent.getValue()) };
}

/**
 * Verifies a time stamp offline: that it is of these octets, answers this request, and is signed by an authority whose
 * certificate leads to a trusted one at the time it states. A stamp that is not valid is a result, never thrown.
 */
export async function verifyTimestamp(input: TimestampInput): Promise<TimestampResult> {
  try {
    const trustedCerts = certificatesOf(input.authorities);
    const { signed, info } = tokenOf(input.response);
    const imprint = Buffer.from(info.messageImprint.hashedMessage.valueBlock.valueHexView).toString('hex');
    if (info.messageImprint.hashAlgorithm.algorithmId !== '2.16.840.1.101.3.4.2.1') {
      throw new Refused('it is not made over a SHA-256 digest');
    }
    const digest = hash('sha256', input.octets, 'hex');
    if (imprint !== digest) throw new Refused(`it is of ${imprint}, not of ${digest}`);
    if (input.nonce !== undefined) {
      const nonce = info.nonce === undefined ? 'none' : nonceNumber(info.nonce.valueBlock.valueHexView);
      if (nonce !== nonceNumber(input.nonce)) throw new Refused('it answers another request: its nonce differs');
    }
    const verified = await signed.verify({
      signer: 0,
      data: buffer(input.octets),
      trustedCerts,
      checkChain: true,
      extendedMode: true,
    });
    if (verified.signatureVerified !== true || !verified.signerCertificate)
      throw new Refused('its signature is not valid');
    checkPurpose(verified.signerCertificate);
    checkPathLengths(verified.certificatePath ?? []);
    checkNamedCertificate(signed, verified.signerCertificate);
    const certificate = new X509Certificate(Buffer.from(verified.signerCertificate.toSchema(true).toBER(false)));
    return {
      valid: true,
      stamp: {
        time: info.genTime.toISOString(),
        serial: nonceNumber(info.serialNumber.valueBlock.valueHexView),
        policy: info.policy,
        authority: certificate.subject.split('\n').join(', '),
      },
    };
  } catch (error) {
    if (error instanceof Refused) return { valid: false, reason: error.message };
    // The verifier throws its own kind, and the parsers several for octets that are no DER.
    const said = error instanceof SignedDataVerifyError || error instanceof Error ? error.message : String(error);
    return { valid: false, reason: `it cannot be verified: ${said}` };
  }
}
