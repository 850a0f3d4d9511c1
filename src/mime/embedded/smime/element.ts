/** Tags nested in tags; a message needs about twelve. */
export const NESTING_LIMIT = 64;

export const CLASS = { UNIVERSAL: 0, CONTEXT: 2 } as const;
export const TAG = {
  BOOLEAN: 1,
  INTEGER: 2,
  BIT_STRING: 3,
  OCTET_STRING: 4,
  OBJECT_IDENTIFIER: 6,
  UTF8_STRING: 12,
  SEQUENCE: 16,
  SET: 17,
  NUMERIC_STRING: 18,
  PRINTABLE_STRING: 19,
  TELETEX_STRING: 20,
  IA5_STRING: 22,
  VISIBLE_STRING: 26,
  UNIVERSAL_STRING: 28,
  BMP_STRING: 30,
} as const;

/** One element of BER (ITU-T X.690 §8.1), as offsets into the octets it was read from. */
export interface Element {
  readonly tagClass: number;
  readonly tag: number;
  readonly constructed: boolean;
  readonly start: number;
  readonly contentStart: number;
  /** For an indefinite length, where the end-of-contents octets begin. */
  readonly contentEnd: number;
  readonly end: number;
  /** Its length goes, or its end-of-contents octets lie, past the end. */
  readonly truncated: boolean;
}

interface Header {
  readonly tagClass: number;
  readonly tag: number;
  readonly constructed: boolean;
  readonly contentStart: number;
  /** Octets of content; null for the indefinite form. */
  readonly length: number | null;
}

/**
 * Reads the element at `start`, which may go as far as `limit`; null where none can begin.
 * Indefinite lengths are allowed: Outlook and `openssl -stream` write them.
 */
export function readElement(bytes: Uint8Array, start: number, limit: number): Element | null {
  const header = readHeader(bytes, start, limit);
  if (header === null || isEndOfContents(header)) return null;
  const { tagClass, tag, constructed, contentStart, length } = header;
  if (length !== null) {
    const wanted = contentStart + length;
    const end = Math.min(wanted, limit);
    return { tagClass, tag, constructed, start, contentStart, contentEnd: end, end, truncated: wanted > limit };
  }
  const close = findEndOfContents(bytes, contentStart, limit);
  const contentEnd = close ?? limit;
  const end = close === null ? limit : close + 2;
  return { tagClass, tag, constructed, start, contentStart, contentEnd, end, truncated: close === null };
}

/** The elements within a constructed one, lazily; reading stops where no element can begin. */
export function* readChildren(bytes: Uint8Array, parent: Element): Generator<Element> {
  let at = parent.contentStart;
  while (at < parent.contentEnd) {
    const child = readElement(bytes, at, parent.contentEnd);
    if (child === null) return;
    yield child;
    at = child.end;
  }
}

export function isUniversal(element: Element | undefined, tag: number): element is Element {
  return element?.tagClass === CLASS.UNIVERSAL && element.tag === tag;
}

export function isContext(element: Element | undefined, tag: number): element is Element {
  return element?.tagClass === CLASS.CONTEXT && element.tag === tag;
}

export function contentOf(bytes: Uint8Array, element: Element): Uint8Array {
  return bytes.subarray(element.contentStart, element.contentEnd);
}

/**
 * Where the end-of-contents octets of an indefinite element stand. A count replaces recursion, so that
 * a megabyte of opening octets costs a megabyte of reading and no stack.
 */
function findEndOfContents(bytes: Uint8Array, start: number, limit: number): number | null {
  let open = 1;
  let at = start;
  while (at < limit) {
    const header = readHeader(bytes, at, limit);
    if (header === null) return null;
    if (isEndOfContents(header)) {
      open--;
      if (open === 0) return at;
      at = header.contentStart;
    } else if (header.length === null) {
      open++;
      at = header.contentStart;
    } else at = header.contentStart + header.length;
  }
  return null;
}

function isEndOfContents(header: Header): boolean {
  return header.tagClass === CLASS.UNIVERSAL && header.tag === 0 && header.length === 0;
}

function readHeader(bytes: Uint8Array, start: number, limit: number): Header | null {
  const first = bytes[start];
  if (first === undefined || start + 2 > limit) return null;
  let at = start + 1;
  let tag = first & 0x1f;
  if (tag === 0x1f) {
    // High tag numbers: seven bits an octet; four octets are more than any structure here has.
    tag = 0;
    for (let digits = 0; ; digits++) {
      const octet = bytes[at++];
      if (octet === undefined || digits === 4) return null;
      tag = tag * 128 + (octet & 0x7f);
      if ((octet & 0x80) === 0) break;
    }
  }
  const constructed = (first & 0x20) !== 0;
  const initial = bytes[at++];
  if (initial === undefined || at > limit || initial === 0xff) return null;
  // Only what consists of elements can end by an end mark (X.690 §8.1.3.2).
  if (initial === 0x80)
    return constructed ? { tagClass: first >> 6, tag, constructed, contentStart: at, length: null } : null;
  let length = initial & 0x7f;
  if (initial > 0x80) {
    const count = length;
    length = 0;
    for (let index = 0; index < count; index++) {
      const octet = bytes[at++];
      if (octet === undefined || at > limit) return null;
      length = length * 256 + octet;
    }
    // Longer than can be counted exactly is longer than the input: the caller sees a truncated element.
    if (length > Number.MAX_SAFE_INTEGER / 2) length = Number.MAX_SAFE_INTEGER / 2;
  }
  return { tagClass: first >> 6, tag, constructed, contentStart: at, length };
}
