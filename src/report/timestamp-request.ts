/** A DER element: tag, length, content. Contents here are short of 128 octets, but for safety longer ones are written too. */
function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  if (content.length > 0xff) throw new RangeError('a time stamp request is no longer than 255 octets');
  return Buffer.concat([Buffer.from([tag, 0x81, content.length]), content]);
}

const SEQUENCE = 0x30;
/** 2.16.840.1.101.3.4.2.1 */
const SHA256 = Buffer.from('0609608648016503040201', 'hex');
const NULL = Buffer.from('0500', 'hex');
const TRUE = Buffer.from('0101ff', 'hex');
const VERSION_1 = Buffer.from('020101', 'hex');

/** An unsigned number as a DER INTEGER: the least octets, and none that would make it negative (X.690 §8.3). */
function unsigned(octets: Uint8Array): Uint8Array {
  let from = 0;
  while (from < octets.length - 1 && octets[from] === 0) from++;
  const least = octets.subarray(from);
  return der(0x02, (least[0] ?? 0) >= 0x80 || least.length === 0 ? Buffer.from([0]) : Buffer.alloc(0), least);
}

export interface TimestampRequest {
  /** SHA-256 of what is stamped, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Eight random octets, given by whoever may draw them: an old answer cannot be passed off as this one's. */
  readonly nonce: Uint8Array;
}

/** A TimeStampReq of RFC 3161 §2.4.1 that asks for the authority's certificate too. DER. */
export function timestampRequest({ sha256, nonce }: TimestampRequest): Uint8Array {
  if (!/^[0-9a-f]{64}$/i.test(sha256)) throw new RangeError('a SHA-256 digest has 64 hexadecimal digits');
  const imprint = der(SEQUENCE, der(SEQUENCE, SHA256, NULL), der(0x04, Buffer.from(sha256, 'hex')));
  return der(SEQUENCE, VERSION_1, imprint, unsigned(nonce), TRUE);
}

/** The number a nonce stands for, as an answer repeats it: hexadecimal without leading zeros. */
export const nonceNumber = (octets: Uint8Array): string =>
  Buffer.from(octets)
    .toString('hex')
    .replace(/^0+(?=.)/, '');
