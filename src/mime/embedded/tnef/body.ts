import { type Issue, issue } from '../../../model/index.ts';
import { codepageKnown, decodeCharset, decodeCodepage, decodeWhole } from './codepage.ts';
import type { MapiProperties } from './property.ts';
import { TAG } from './property-tag.ts';
import { decompressRtf } from './rtf/compressed.ts';
import { extractRtf } from './rtf/extract.ts';
import type { TnefBody } from './tnef-message.ts';

/** Where a browser looks for a page's charset (HTML, «prescan a byte stream»). */
const PRESCAN = 1024;

/**
 * The bodies of a message. Stored HTML is preferred to HTML taken out of the RTF, and stored text to the RTF's:
 * the RTF is what a mail client made of them.
 * @param attBody octets of the attBody attribute, where there is one
 */
export function readBody(properties: MapiProperties, attBody: Uint8Array | null, issues: Issue[]): TnefBody {
  const compressed = properties.binary(TAG.RTF_COMPRESSED);
  const rtf = compressed === null || compressed.length === 0 ? null : readRtfBody(compressed, issues);
  const text = properties.wholeText(TAG.BODY) ?? (attBody === null ? null : decodeWhole(attBody, properties.codepage));
  return {
    text: text || rtf?.text || null,
    html: readHtml(properties, issues) || rtf?.html || null,
    rtf: rtf?.document || null,
  };
}

function readRtfBody(compressed: Uint8Array, issues: Issue[]) {
  const { bytes, problem } = decompressRtf(compressed);
  if (problem === 'not compressed RTF') {
    issues.push(issue('EMBEDDED_UNREADABLE', 'the RTF body is neither LZFu nor MELA: it was not read'));
    return null;
  }
  if (problem === 'truncated') {
    issues.push(issue('PART_TRUNCATED', 'the compressed RTF body ends before its end mark: what is there was read'));
  }
  if (problem === 'checksum') {
    issues.push(issue('EMBEDDED_DAMAGED', 'the RTF body differs from its CRC: it was read all the same'));
  }
  const { html, text, limited } = extractRtf(bytes);
  if (limited) issues.push(issue('LIMIT_REACHED', 'the RTF body nests deeper than is followed: its text may be wrong'));
  return { html, text, document: decodeCodepage(bytes, 28591) };
}

function readHtml(properties: MapiProperties, issues: Issue[]): string | null {
  const stored = properties.wholeText(TAG.HTML);
  if (stored !== null) return stored;
  const octets = properties.binary(TAG.HTML);
  if (octets === null || octets.length === 0) return null;
  const codepage = properties.integer(TAG.INTERNET_CODEPAGE);
  if (codepage !== null && codepage > 0 && codepageKnown(codepage)) return decodeWhole(octets, codepage);
  if (codepage !== null && codepage > 0) {
    issues.push(issue('CHARSET_UNKNOWN', `the HTML body is in code page ${codepage}, which is not known`));
  }
  return guessHtml(octets, properties.codepage, issues);
}

/** The page's own word, else UTF-8 where it is that, else the stream's code page. */
function guessHtml(octets: Uint8Array, codepage: number, issues: Issue[]): string {
  const head = decodeCodepage(octets.subarray(0, PRESCAN), 28591);
  const named = /charset=["']?([A-Za-z0-9_:.-]{1,40})/i.exec(head)?.[1];
  const text = named === undefined ? null : decodeCharset(octets, named);
  if (text !== null) return text;
  issues.push(issue('CHARSET_GUESSED', 'the HTML body says no code page: it was guessed'));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    return decodeWhole(octets, codepage);
  }
}
