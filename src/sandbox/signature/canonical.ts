import { createHash, createHmac } from 'node:crypto';
import { decodePercent } from '../http/request.ts';

/** SHA-256 of nothing, lower-case hexadecimal. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** RFC 3986 §2.3 unreserved characters stay, everything else is encoded: Signature Version 4's `UriEncode`. */
export function encodeUri(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** S3's canonical path: each segment decoded once and encoded again; never normalised, since `//` is part of a key. */
export function canonicalPath(rawPath: string): string {
  return rawPath
    .split('/')
    .map((segment) => encodeUri(decodePercent(segment) ?? segment))
    .join('/');
}

/** Sorted, encoded pairs, without the signature itself. */
export function canonicalQuery(rawQuery: string): string {
  const pairs: [string, string][] = [];
  for (const pair of rawQuery.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const value = equals < 0 ? '' : pair.slice(equals + 1);
    if (name === 'X-Amz-Signature') continue;
    pairs.push([encodeUri(decodePercent(name) ?? name), encodeUri(decodePercent(value) ?? value)]);
  }
  pairs.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

export function hmac(key: string | Uint8Array, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/** The key that signs for one day, region and service. */
export function signingKey(secret: string, date: string, region: string, service: string): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), 'aws4_request');
}
