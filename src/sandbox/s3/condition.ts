import { S3Error } from './error.ts';
import type { ObjectVersion } from './state.ts';

type Header = (name: string) => string | undefined;

/** RFC 9110 §13.2.2: the preconditions of a read, in their order. `not-modified` is a 304. */
export function readCondition(header: Header, version: ObjectVersion, prefix = ''): 'go' | 'not-modified' {
  const match = header(`${prefix}if-match`);
  const noneMatch = header(`${prefix}if-none-match`);
  const modified = Math.floor(version.lastModified / 1000);
  if (match !== undefined) {
    if (!lists(match, version.etag)) throw failed('If-Match');
  } else {
    const since = seconds(header(`${prefix}if-unmodified-since`));
    if (since !== null && modified > since) throw failed('If-Unmodified-Since');
  }
  if (noneMatch !== undefined) return lists(noneMatch, version.etag) ? 'not-modified' : 'go';
  const since = seconds(header(`${prefix}if-modified-since`));
  return since !== null && modified <= since ? 'not-modified' : 'go';
}

/** The preconditions of a write: `If-None-Match: *` (there must be none) and `If-Match` (it must be that one). */
export function writeCondition(header: Header, current: ObjectVersion | null): void {
  const live = current !== null && !current.deleteMarker ? current : null;
  const noneMatch = header('if-none-match');
  if (noneMatch !== undefined) {
    if (noneMatch.trim() !== '*')
      throw new S3Error(
        'NotImplemented',
        'A header you provided implies functionality that is not implemented: If-None-Match',
      );
    if (live !== null) throw failed('If-None-Match');
  }
  const match = header('if-match');
  if (match === undefined) return;
  if (live === null) throw new S3Error('NoSuchKey');
  if (!lists(match, live.etag)) throw failed('If-Match');
}

function failed(condition: string): S3Error {
  return new S3Error('PreconditionFailed', undefined, { Condition: condition });
}

function lists(header: string, etag: string): boolean {
  return header.split(',').some((each) => {
    const tag = each.trim();
    return tag === '*' || tag.replace(/^W\//, '').replaceAll('"', '') === etag;
  });
}

function seconds(date: string | undefined): number | null {
  const at = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(at) ? null : Math.floor(at / 1000);
}
