import { Buffer } from 'node:buffer';

/** Writes DER and BER for the tests. */
export function element(tag: number, ...contents: Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 128) return Buffer.from([length]);
  const hex = length.toString(16);
  const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([0x80 | octets.length]), octets]);
}

/** The indefinite form: an end mark instead of a length. */
export function indefinite(tag: number, ...contents: Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.from([tag, 0x80]), ...contents, Buffer.from([0, 0])]);
}

export const sequence = (...contents: Uint8Array[]) => element(0x30, ...contents);
export const set = (...contents: Uint8Array[]) => element(0x31, ...contents);
export const octetString = (content: Uint8Array) => element(4, content);
export const integer = (hex: string) => element(2, Buffer.from(hex, 'hex'));
export const context = (tag: number, ...contents: Uint8Array[]) => element(0xa0 | tag, ...contents);

export function objectIdentifier(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const arcs = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc & 127];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift((left & 127) | 128);
    return digits;
  });
  return element(6, Buffer.from(arcs));
}

/** A ContentInfo around the content of a type. */
export const contentInfo = (type: string, content: Uint8Array) => sequence(objectIdentifier(type), context(0, content));

/** Rows of [type, string tag, octets] as an X.501 Name, each in a set of its own. */
export function name(...rows: (readonly [type: string, tag: number, value: Uint8Array])[]): Buffer {
  return sequence(...rows.map(([type, tag, value]) => set(sequence(objectIdentifier(type), element(tag, value)))));
}

export function certificate(serial: string, issuer: Uint8Array, subject: Uint8Array): Buffer {
  return sequence(sequence(integer(serial), sequence(), issuer, sequence(), subject));
}

/** A SignedData whose signers are named by issuer and serial number. */
export function signedData(
  content: Uint8Array | null,
  certificates: readonly Uint8Array[],
  signers: readonly (readonly [issuer: Uint8Array, serial: string])[],
): Buffer {
  const info = sequence(objectIdentifier('1.2.840.113549.1.7.1'), ...(content === null ? [] : [context(0, content)]));
  const infos = signers.map(([issuer, serial]) => sequence(integer('01'), sequence(issuer, integer(serial))));
  return contentInfo(
    '1.2.840.113549.1.7.2',
    sequence(integer('01'), set(), info, context(0, ...certificates), set(...infos)),
  );
}
