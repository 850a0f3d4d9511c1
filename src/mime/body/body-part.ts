import type { EmailBodyPart } from '../../model/index.ts';
import { decodeHeaderText } from '../encoded-word/decode.ts';
import { withoutComments } from '../header/comments.ts';
import { trimBlanks, unfold } from '../header/unfold.ts';
import { contradictingType } from '../sniff/type.ts';
import { firstField } from '../structure/open-part.ts';
import type { Part } from '../structure/part.ts';
import type { Leaf } from './leaf.ts';

/**
 * The EmailBodyPart of a part and of those in it (RFC 8621 §4.1.4). `leaves` holds every leaf by its path. The members
 * of a leaf are written out: a spread costs V8 several times as much, and a mailbox has millions of them.
 */
export function bodyPartOf(part: Part, leaves: ReadonlyMap<string, Leaf>): EmailBodyPart {
  const { children, path, type, disposition } = part;
  const name = part.dispositionParameters.get('filename') ?? part.parameters.get('name') ?? null;
  const charset = part.parameters.get('charset') ?? (type.startsWith('text/') ? 'us-ascii' : null);
  const cid = contentId(part);
  const language = languages(part);
  const location = contentLocation(part);
  const said = { name, type, charset, disposition, cid, language, location };
  if (children !== null) {
    const subParts = children.map((child) => bodyPartOf(child, leaves));
    return { ...said, partId: null, blobId: null, size: 0, subParts };
  }
  const leaf = leaves.get(path);
  if (leaf === undefined) return { ...said, partId: path, blobId: null, size: 0 };
  const { size, digests } = leaf;
  const base: EmailBodyPart = {
    name,
    type,
    charset,
    disposition,
    cid,
    language,
    location,
    partId: path,
    blobId: `sha256-${digests.sha256}`,
    size,
    digests,
  };
  const detectedType = contradictingType(leaf.head, type);
  return detectedType === null ? base : { ...base, detectedType };
}

function contentId(part: Part): string | null {
  const field = firstField(part.header, 'content-id');
  if (field === null) return null;
  const text = trimBlanks(unfold(field.raw));
  const bracketed = /^<([^>]*)>?/.exec(text)?.[1] ?? text;
  const id = trimBlanks(bracketed);
  return id === '' ? null : decodeHeaderText(id, part.faults);
}

function languages(part: Part): string[] | null {
  const field = firstField(part.header, 'content-language');
  if (field === null) return null;
  const tags = withoutComments(unfold(field.raw)).split(',').map(trimBlanks);
  const given = tags.filter((tag) => tag !== '');
  return given.length === 0 ? null : given;
}

/** RFC 2557 §4.4: folds within a URI go altogether. */
function contentLocation(part: Part): string | null {
  const field = firstField(part.header, 'content-location');
  if (field === null) return null;
  const uri = decodeHeaderText(field.raw.replace(/\s+/g, ''), part.faults);
  return uri === '' ? null : uri;
}
