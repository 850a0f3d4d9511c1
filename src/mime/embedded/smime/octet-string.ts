import { Buffer } from 'node:buffer';
import { contentOf, type Element, isUniversal, NESTING_LIMIT, readChildren, TAG } from './element.ts';

export interface OctetString {
  readonly bytes: Uint8Array;
  /** A segment ends before its length or lacks its end mark. */
  readonly truncated: boolean;
  /** Segments nested deeper than `NESTING_LIMIT` were left out. */
  readonly limited: boolean;
}

/** The octets of an OCTET STRING: primitive, a view; constructed (X.690 §8.7.3), its segments joined. */
export function readOctetString(bytes: Uint8Array, element: Element): OctetString {
  if (!element.constructed) {
    return { bytes: contentOf(bytes, element), truncated: element.truncated, limited: false };
  }
  const target = Buffer.allocUnsafe(element.contentEnd - element.contentStart);
  const state = { length: 0, truncated: element.truncated, limited: false };
  const gather = (parent: Element, depth: number): void => {
    for (const child of readChildren(bytes, parent)) {
      if (!isUniversal(child, TAG.OCTET_STRING)) continue;
      if (child.truncated) state.truncated = true;
      if (!child.constructed) {
        target.set(contentOf(bytes, child), state.length);
        state.length += child.contentEnd - child.contentStart;
      } else if (depth < NESTING_LIMIT) gather(child, depth + 1);
      else state.limited = true;
    }
  };
  gather(element, 0);
  return { bytes: target.subarray(0, state.length), truncated: state.truncated, limited: state.limited };
}
