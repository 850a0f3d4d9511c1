import type { EmailBodyPart } from '../../model/index.ts';
import { decodeHeaderText } from '../encoded-word/decode.ts';
import { withoutComments } from '../header/comments.ts';
import { trimBlanks, unfold } from '../header/unfold.ts';
import { contradictingType } from '../sniff/type.ts';
import { firstField } from '../structure/open-part.ts';
import type { Part } from '../structure/part.ts';
import type { Leaf } from './leaf.ts';

/** The EmailBodyPart of a part and of those in it (RFC 8621 §4.1.4). `leaves` holds every leaf by its path. */
export function bodyPartOf(part: Part, leaves: ReadonlyMap<string, Leaf>): EmailBodyPart {
  const { children } = part;
  if (children !== null) {
    return {
      ...described(part),
      partId: null,
      blobId: null,
      size: 0,
      subParts: children.map((child) => bodyPartOf(child, leaves)),
    };
  }
  const leaf = leaves.get(part.path);
  if (leaf === undefined) return { ...described(part), partId: part.path, blobId: null, size: 0 };
  const base: EmailBodyPart = {
    ...described(part),
    partId: part.path,
    blobId: `sha256-${leaf.digests.sha256}`,
    size: leaf.size,
    digests: leaf.digests,
  };
  const detectedType = contradictingType(leaf.head, part.type);
  return detectedType === null ? base : { ...base, detectedType };
}

type Described = Omit<EmailBodyPart, 'partId' | 'blobId' | 'size'>;

function described(part: Part): Described {
  const charset = part.parameters.get('charset') ?? (part.type.startsWith('text/') ? 'us-ascii' : null);
  return {
    name: part.dispositionParameters.get('filename') ?? part.parameters.get('name') ?? null,
    type: part.type,
    charset,
    disposition: part.disposition,
    cid: contentId(part),
    language: languages(part),
    location: location(part),
  };
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
function location(part: Part): string | null {
  const field = firstField(part.header, 'content-location');
  if (field === null) return null;
  const uri = decodeHeaderText(field.raw.replace(/\s+/g, ''), part.faults);
  return uri === '' ? null : uri;
}
