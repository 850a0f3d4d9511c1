import iconv from 'iconv-lite';

/** Labels seen in mail that iconv-lite does not know, or reads as less than what is sent under them. */
const ALIASES: Readonly<Record<string, string>> = {
  '646': 'us-ascii',
  ascii: 'us-ascii',
  'ansi_x3.4-1968': 'us-ascii',
  'ansi_x3.4-1986': 'us-ascii',
  'iso-ir-6': 'us-ascii',
  'iso646-us': 'us-ascii',
  'x-us-ascii': 'us-ascii',
  usascii: 'us-ascii',
  utf8: 'utf-8',
  'utf-8n': 'utf-8',
  'unicode-1-1-utf-8': 'utf-8',
  utf8mb4: 'utf-8',
  'utf-8mb4': 'utf-8',
  cp65001: 'utf-8',
  'x-utf-8': 'utf-8',
  'unicode-1-1-utf-7': 'utf-7',
  csunicode11utf7: 'utf-7',
  utf7: 'utf-7',
  unicode: 'utf-16',
  'iso-10646-ucs-2': 'utf-16',
  'ucs-2': 'utf-16',
  'iso8859-1': 'iso-8859-1',
  'iso_8859-1': 'iso-8859-1',
  latin1: 'iso-8859-1',
  l1: 'iso-8859-1',
  'cp-1252': 'windows-1252',
  ansi: 'windows-1252',
  'x-ansi': 'windows-1252',
  'iso-8859-8-i': 'iso-8859-8',
  'iso-8859-8-e': 'iso-8859-8',
  'iso-8859-6-i': 'iso-8859-6',
  'iso-8859-6-e': 'iso-8859-6',
  'x-sjis': 'shift_jis',
  'shift-jis': 'shift_jis',
  ms_kanji: 'shift_jis',
  'windows-31j': 'shift_jis',
  cp932: 'shift_jis',
  ms932: 'shift_jis',
  'x-euc-jp': 'euc-jp',
  // Korean mail labelled euc-kr holds syllables of the Windows superset.
  'euc-kr': 'cp949',
  ksc5601: 'cp949',
  'ks_c_5601-1987': 'cp949',
  'ks_c_5601-1989': 'cp949',
  ks_c_5601: 'cp949',
  ks_c_5601_1987: 'cp949',
  'x-windows-949': 'cp949',
  'windows-949': 'cp949',
  uhc: 'cp949',
  ms949: 'cp949',
  // Chinese mail labelled gb2312 or gbk holds characters of its supersets (WHATWG Encoding reads all three alike).
  gb2312: 'gb18030',
  'gb_2312-80': 'gb18030',
  csgb2312: 'gb18030',
  'x-gbk': 'gb18030',
  gbk: 'gb18030',
  cp936: 'gb18030',
  ms936: 'gb18030',
  'windows-936': 'gb18030',
  'euc-cn': 'gb18030',
  'x-euc-cn': 'gb18030',
  'cn-gb': 'gb18030',
  'x-big5': 'big5',
  'cn-big5': 'big5',
  cp950: 'big5',
  'hz-gb-2312': 'hz',
  'x-mac-roman': 'macintosh',
  macroman: 'macintosh',
  'x-mac-cyrillic': 'maccyrillic',
  'x-mac-ce': 'maccenteuro',
  'x-cp1250': 'windows-1250',
  'x-cp1251': 'windows-1251',
  'x-cp1252': 'windows-1252',
  koi8_r: 'koi8-r',
  koi: 'koi8-r',
  'iso-2022-jp-1': 'iso-2022-jp',
  'iso-2022-jp-2': 'iso-2022-jp',
  'iso-2022-jp-3': 'iso-2022-jp',
  'iso-2022-jp-2004': 'iso-2022-jp',
  'iso-2022-jp-ms': 'iso-2022-jp',
  csiso2022jp: 'iso-2022-jp',
  cp50220: 'iso-2022-jp',
  cp50221: 'iso-2022-jp',
  cp50222: 'iso-2022-jp',
  csiso2022kr: 'iso-2022-kr',
  'iso-2022-cn-ext': 'iso-2022-cn',
};

/** Labels that say nothing: the sender did not know either. */
const SILENT = new Set([
  '',
  'unknown',
  'x-unknown',
  'unknown-8bit',
  '8bit',
  'default',
  'x-user-defined',
  'binary',
  'none',
]);

const OWN = new Set(['us-ascii', 'utf-8', 'utf-16', 'hz', 'iso-2022-jp', 'iso-2022-kr', 'iso-2022-cn']);

const resolved = new Map<string, string | null>();

/**
 * The charset a label means, in the one spelling the decoder uses; null where nobody knows it, '' where it says nothing.
 * Bounded: labels come from mail, so what was resolved is forgotten once there are many.
 */
export function resolveCharset(label: string): string | null {
  if (label.length > 100) return null;
  const key = label
    .trim()
    .replace(/^["']+|["']+$/g, '')
    .toLowerCase();
  const known = resolved.get(key);
  if (known !== undefined) return known;
  if (resolved.size > 2_000) resolved.clear();
  const answer = lookUp(key);
  resolved.set(key, answer);
  return answer;
}

function lookUp(key: string): string | null {
  if (SILENT.has(key)) return '';
  if (key.length > 60) return null;
  const name = ALIASES[key] ?? key.replace(/^(?:x-)?cp-?(\d{3,5})$/, 'cp$1');
  if (Object.hasOwn(ALIASES, name) && name !== key) return lookUp(name);
  if (OWN.has(name)) return name;
  if (/^[a-z0-9]/.test(name) && isText(name)) return name;
  return null;
}

/** iconv-lite also offers base64 and hex as encodings; a charset label must not reach those. */
function isText(name: string): boolean {
  if (/^(?:base64|hex|binary|internal|ucs2|cesu8)$/.test(name) || name.startsWith('_')) return name === 'ucs2';
  return iconv.encodingExists(name);
}
