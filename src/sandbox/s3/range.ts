import { S3Error } from './error.ts';

/**
 * RFC 9110 §14.1.2, one range only, as S3 serves: `[start, end)`, or null where the header is not a range S3
 * understands, and the whole object is sent. Throws InvalidRange where no octet lies within it.
 */
export function readRange(header: string | undefined, size: number): readonly [number, number] | null {
  const match = header === undefined ? null : /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim());
  if (match === null) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  if (first === '') {
    const suffix = Math.min(Number(last), size);
    if (suffix === 0) throw unsatisfiable(header, size);
    return [size - suffix, size];
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return null;
  if (start >= size) throw unsatisfiable(header, size);
  return [start, last === '' ? size : Math.min(Number(last) + 1, size)];
}

function unsatisfiable(header: string | undefined, size: number): S3Error {
  return new S3Error('InvalidRange', undefined, { RangeRequested: header, ActualObjectSize: size });
}
