import type { EmailBodyPart, Issue } from '../../model/index.ts';
import type { Leaf } from '../body/leaf.ts';
import { digestsOf } from '../digest/digests.ts';
import type { MimeLimits } from '../limits.ts';
import { sniffType } from '../sniff/type.ts';
import { findUuencoded } from './uuencode/index.ts';
import { findYenc } from './yenc/index.ts';

/** A file that was found within a text part. */
export interface FoundFile {
  readonly bodyPart: EmailBodyPart;
  readonly octets: Buffer;
  /** Where it stands in the decoded text octets. */
  readonly start: number;
  readonly end: number;
}

interface Found {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly issues: readonly Issue[];
}

/** The uuencoded and yEnc files within a text, as attachments numbered `1.u1`, `1.y1` after the part they stand in. */
export function findTextFiles(octets: Buffer, leaf: Leaf, limits: MimeLimits, issues: Issue[]): FoundFile[] {
  const { path } = leaf.part;
  const yenc = octets.includes('=ybegin ', 0, 'latin1') ? findYenc(octets) : [];
  const uuencoded = octets.includes('begin', 0, 'latin1') ? findUuencoded(octets) : [];
  const files = [
    ...uuencoded.map((found, index) => foundFile(found, `${path}.u${index + 1}`, issues)),
    ...yenc.map((found, index) => foundFile(found, `${path}.y${index + 1}`, issues)),
  ].toSorted((left, right) => left.start - right.start);
  if (files.length <= limits.maxTextFiles) return files;
  leaf.part.faults.add('LIMIT_REACHED', `More files in the text than maxTextFiles (${limits.maxTextFiles}).`);
  return files.slice(0, limits.maxTextFiles);
}

function foundFile(found: Found, partId: string, issues: Issue[]): FoundFile {
  const octets = Buffer.from(found.bytes.buffer, found.bytes.byteOffset, found.bytes.byteLength);
  const digests = digestsOf(octets);
  for (const fault of found.issues) issues.push({ ...fault, part: partId });
  const bodyPart: EmailBodyPart = {
    partId,
    blobId: `sha256-${digests.sha256}`,
    size: octets.length,
    name: found.name,
    type: sniffType(octets) ?? 'application/octet-stream',
    charset: null,
    disposition: 'attachment',
    cid: null,
    language: null,
    location: null,
    digests,
  };
  return { bodyPart, octets, start: found.start, end: found.end };
}

/** The text without the files that were found in it. */
export function cutFiles(octets: Buffer, files: readonly FoundFile[]): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { start, end } of files) {
    if (start > at) pieces.push(octets.subarray(at, start));
    at = Math.max(at, end);
  }
  pieces.push(octets.subarray(at));
  return Buffer.concat(pieces);
}
