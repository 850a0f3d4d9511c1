/** Device names Windows reserves, with any ending. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/i;
/**
 * What some file system, BagIt reader or shell cannot carry: `%` (RFC 8493 §2.1.3), separators, Windows' forbidden signs,
 * controls, and direction marks that make `exe.fdp` look like `pdf.exe`.
 */
const FORBIDDEN = /[%<>:"/\\|?*\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}\p{Co}]/gu;
/** Octets of one name: 255 is the limit of Linux and, in UTF-16 units, of Windows; endings are still added to it. */
const NAME_OCTETS = 120;

/** Cuts text to so many octets of UTF-8 without cutting a character. */
export function cutOctets(text: string, octets: number): string {
  if (Buffer.byteLength(text) <= octets) return text;
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += Buffer.byteLength(character);
    if (used > octets) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** A name every file system can hold; `fallback` where nothing is left of it. */
export function safeName(raw: string, fallback: string): string {
  const plain = raw.normalize('NFC').replace(FORBIDDEN, '_').replace(/\s/gu, ' ');
  const dot = plain.lastIndexOf('.');
  const ending = dot > 0 && plain.length - dot <= 12 ? plain.slice(dot) : '';
  const stem = cutOctets(plain.slice(0, plain.length - ending.length), NAME_OCTETS - Buffer.byteLength(ending));
  const name = trimEnds(stem + ending);
  if (name === '') return fallback;
  return RESERVED.test(name) ? `_${name}` : name;
}

/** Windows drops trailing dots and spaces; a leading dot hides a file, leading spaces get lost. */
function trimEnds(name: string): string {
  let end = name.length;
  while (end > 0 && (name[end - 1] === '.' || name[end - 1] === ' ')) end--;
  let start = 0;
  while (start < end && (name[start] === ' ' || name[start] === '.')) start++;
  return name.slice(start, end);
}

/** Whether a name is one `safeName` could have made: what the checks of a production hold names to. */
export const isSafeName = (name: string): boolean =>
  name !== '' &&
  name === name.normalize('NFC') &&
  !new RegExp(FORBIDDEN.source, 'u').test(name) &&
  !RESERVED.test(name) &&
  !/[. ]$/.test(name);

/** Names that must differ by more than case, each given the first free number. Remembers what it was asked. */
export class SafeNames {
  readonly #given = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** The name for `raw`: the same every time it is asked. */
  name(raw: string, fallback: string): string {
    const known = this.#given.get(raw);
    if (known !== undefined) return known;
    const name = this.fresh(raw, fallback);
    this.#given.set(raw, name);
    return name;
  }

  /** A name of its own for each call. */
  fresh(raw: string, fallback: string): string {
    const wanted = safeName(raw, fallback);
    const dot = wanted.lastIndexOf('.');
    const at = dot > 0 ? dot : wanted.length;
    let name = wanted;
    for (let number = 2; this.#taken.has(fold(name)); number++) {
      name = `${wanted.slice(0, at)} (${number})${wanted.slice(at)}`;
    }
    this.#taken.add(fold(name));
    return name;
  }
}

/** How a file system that ignores case sees a name: upper case first, so that ß and ss fall together as APFS has them. */
export const fold = (name: string): string => name.normalize('NFC').toUpperCase().toLowerCase();
