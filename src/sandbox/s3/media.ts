import { S3Error } from './error.ts';
import type { ObjectMedia } from './state.ts';

const KEPT = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
];
const METADATA_LIMIT = 2048;

/** The headers and user metadata that stay with an object. */
export function readMedia(headers: ReadonlyMap<string, string>): ObjectMedia {
  const kept: Record<string, string> = {};
  for (const name of KEPT) {
    const value = name === 'content-encoding' ? withoutChunked(headers.get(name)) : headers.get(name);
    if (value !== undefined && value !== '') kept[name] = value;
  }
  const metadata: Record<string, string> = {};
  let size = 0;
  for (const [name, value] of headers) {
    if (!name.startsWith('x-amz-meta-')) continue;
    metadata[name.slice('x-amz-meta-'.length)] = value;
    size += name.length - 'x-amz-meta-'.length + value.length;
  }
  if (size > METADATA_LIMIT)
    throw new S3Error('InvalidRequest', 'Your metadata headers exceed the maximum allowed metadata size');
  return { headers: kept, metadata };
}

/** `aws-chunked` is of the transfer, not of the object. */
function withoutChunked(value: string | undefined): string | undefined {
  return value
    ?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== 'aws-chunked')
    .join(',');
}

/** Tags as the `x-amz-tagging` header carries them. */
export function readTagging(header: string | undefined): (readonly [string, string])[] {
  return header === undefined ? [] : [...new URLSearchParams(header)];
}
