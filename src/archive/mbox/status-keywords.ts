import { Buffer } from 'node:buffer';

/** A header above this is read no further. */
const HEADER_LIMIT = 256 * 1024;
/** More than so many are no labels. */
const MOST = 500;

/** `Status` and `X-Status` as mail readers of Unix write them; `O` (old) says nothing of a message that is read in an archive. */
const LETTERS: Readonly<Record<string, string>> = {
  R: '$seen',
  A: '$answered',
  F: '$flagged',
  T: '$draft',
  D: '$deleted',
};
/** `X-Mozilla-Status`, hexadecimal: nsMsgMessageFlags. Expunged mail lies in the file until the folder is compacted. */
const MOZILLA: readonly (readonly [bit: number, keyword: string])[] = [
  [0x0001, '$seen'],
  [0x0002, '$answered'],
  [0x0004, '$flagged'],
  [0x0008, '$deleted'],
  [0x1000, '$forwarded'],
];
const FIELD =
  /^(Status|X-Status|X-Mozilla-Status|X-Mozilla-Keys|X-Keywords|X-Gmail-Labels)[ \t]*:[ \t]*(.*(?:\r?\n[ \t].*)*)/gim;

/**
 * The keywords an mbox's writer noted in a message's header: states as the keywords of RFC 8621 §4.1.1, labels as they stand.
 * Only for an mbox: elsewhere such fields are the sender's and mean nothing.
 */
export function statusKeywords(message: Uint8Array): readonly string[] {
  const octets = Buffer.from(message.buffer, message.byteOffset, Math.min(message.byteLength, HEADER_LIMIT));
  const header = octets.subarray(0, endOfHeader(octets)).toString('latin1');
  // One look that almost every message of other archives passes by.
  if (!/^(?:X-)?(?:Status|Mozilla|Keywords|Gmail)/im.test(header)) return [];
  const keywords = new Set<string>();
  for (const [, name = '', value = ''] of header.matchAll(FIELD)) {
    for (const keyword of keywordsOf(name.toLowerCase(), value.replace(/\r?\n[ \t]+/g, ' ').trim())) {
      if (keywords.size < MOST) keywords.add(keyword);
    }
  }
  return [...keywords];
}

function endOfHeader(octets: Buffer): number {
  const bare = octets.indexOf('\n\n');
  const full = octets.indexOf('\n\r\n');
  const ends = [bare, full].filter((at) => at >= 0);
  return ends.length === 0 ? octets.length : Math.min(...ends) + 1;
}

function keywordsOf(name: string, value: string): readonly string[] {
  switch (name) {
    case 'x-mozilla-status': {
      const flags = /^[0-9a-f]{4,8}$/i.test(value) ? Number.parseInt(value, 16) : 0;
      return MOZILLA.filter(([bit]) => (flags & bit) !== 0).map(([, keyword]) => keyword);
    }
    case 'x-mozilla-keys':
    case 'x-keywords':
      return text(value)
        .split(/[\s,]+/)
        .filter((word) => word !== '');
    case 'x-gmail-labels':
      return labels(decodedWords(value));
    default:
      return value.split('').flatMap((letter) => LETTERS[letter] ?? []);
  }
}

/** Comma-separated; a label with a comma in it is quoted. */
function labels(value: string): string[] {
  const found = value.match(/"(?:[^"\\]|\\.)*"|[^,]+/g) ?? [];
  return found
    .map((label) =>
      label
        .trim()
        .replace(/^"(.*)"$/s, '$1')
        .replace(/\\(.)/g, '$1'),
    )
    .filter((label) => label !== '');
}

/** RFC 2047 in UTF-8, as Gmail writes it; neighbouring words are joined as octets, since a letter may be divided between them. */
const WORDS = /=\?utf-8\?([bq])\?([^?\s]*)\?=(?:\s+(?==\?utf-8\?))?/gi;

function decodedWords(value: string): string {
  const parts: Buffer[] = [];
  let at = 0;
  for (const match of value.matchAll(WORDS)) {
    const [whole, encoding = '', encoded = ''] = match;
    parts.push(Buffer.from(value.slice(at, match.index), 'latin1'));
    if (encoding.toLowerCase() === 'b') parts.push(Buffer.from(encoded, 'base64'));
    else
      parts.push(
        Buffer.from(
          encoded
            .replaceAll('_', ' ')
            .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
          'latin1',
        ),
      );
    at = match.index + whole.length;
  }
  parts.push(Buffer.from(value.slice(at), 'latin1'));
  return Buffer.concat(parts).toString('utf8');
}

/** Octets above ASCII are UTF-8 (RFC 6532). */
const text = (value: string): string => Buffer.from(value, 'latin1').toString('utf8');
