import type { SandboxResponse } from '../http/response.ts';
import { checksumHeader } from './checksum/checksum.ts';
import { encryptionHeaders } from './encryption.ts';
import type { Bucket, ObjectVersion } from './state.ts';
import { elements, type XmlContent } from './xml.ts';

/** An answer with an XML body. */
export function xmlAnswer(root: string, content: XmlContent, headers: Record<string, string> = {}): SandboxResponse {
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body: elements(root, content) };
}

/** An answer without a body. */
export function emptyAnswer(headers: Record<string, string> = {}, status = 200): SandboxResponse {
  return { status, headers, body: null };
}

export function versionHeader(bucket: Bucket | null, version: ObjectVersion): Record<string, string> {
  return bucket?.versioning === 'Off' ? {} : { 'x-amz-version-id': version.versionId };
}

export function checksumHeaders(version: ObjectVersion): Record<string, string> {
  const { checksum } = version;
  if (checksum === null) return {};
  return { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

/** The elements a checksum has in XML: `ChecksumCRC32`, `ChecksumType`. */
export function checksumElements(version: ObjectVersion): XmlContent {
  const { checksum } = version;
  if (checksum === null) return {};
  return { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type };
}

/** What GET and HEAD tell of an object, whatever range of it is sent. */
export function objectHeaders(bucket: Bucket, version: ObjectVersion): Record<string, string> {
  return {
    etag: `"${version.etag}"`,
    'last-modified': new Date(version.lastModified).toUTCString(),
    'accept-ranges': 'bytes',
    'content-type': 'binary/octet-stream',
    ...version.media.headers,
    ...Object.fromEntries(Object.entries(version.media.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
    ...versionHeader(bucket, version),
    ...encryptionHeaders(version.encryption),
    ...(version.tags.length > 0 ? { 'x-amz-tagging-count': String(version.tags.length) } : {}),
  };
}
