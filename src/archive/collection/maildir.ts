import { Buffer } from 'node:buffer';

/** A message's place in a Maildir: https://cr.yp.to/proto/maildir.html, folders as Maildir++ lays them out. */
export interface MaildirPlace {
  /** Folders and file name, `/`-separated. */
  readonly path: string;
  readonly keywords: readonly string[];
}

/** Flags of a file's name after `:2,` as the IMAP and JMAP keywords they stand for (RFC 8621 §4.1.1). */
const FLAGS: Readonly<Record<string, string>> = {
  D: '$draft',
  F: '$flagged',
  P: '$forwarded',
  R: '$answered',
  S: '$seen',
  T: '$deleted',
};
/** `:2,` as the specification has it; `;` and `!` stand for it where a file system takes no colon. */
const INFORMATION = /[:;!]2,([A-Za-z]{0,64})$/;
/** RFC 3501 §5.1.3. */
const ENCODED = /&([A-Za-z0-9+,]*)-/g;

/** The folders below `root` that hold `cur` and `new`: with one of them, the folder is a Maildir. Paths as given. */
export function maildirFolders(directories: Iterable<string>): ReadonlySet<string> {
  const all = new Set(directories);
  const folders = new Set<string>();
  for (const path of all) {
    if (path !== 'cur' && !path.endsWith('/cur')) continue;
    const folder = path.slice(0, -'cur'.length);
    if (all.has(`${folder}new`)) folders.add(folder === '' ? '' : folder.slice(0, -1));
  }
  return folders;
}

/**
 * Where a file of a Maildir belongs; null where it is no message (an index, a file still being delivered).
 * @param path relative to the Maildir, such as `.Archive.2026/cur/1700000000.M1P2.host:2,S`
 * @param names lower-case flags and the keywords they stand for, as `dovecot-keywords` lists them for this folder
 */
export function maildirPlace(
  path: string,
  folders: ReadonlySet<string>,
  names: ReadonlyMap<string, string> = new Map(),
): MaildirPlace | null {
  const segments = path.split('/');
  const file = segments.pop() ?? '';
  const kind = segments.pop() ?? '';
  const folder = segments.join('/');
  if ((kind !== 'cur' && kind !== 'new') || !folders.has(folder)) return null;
  const letters = INFORMATION.exec(file)?.[1] ?? '';
  const keywords = [...new Set(letters)]
    .sort()
    .map((letter) => FLAGS[letter] ?? names.get(letter) ?? `maildir-${letter}`);
  return { path: [...folderNames(folder), file].join('/'), keywords };
}

/** The folder names a Maildir's path stands for. The Maildir itself is the INBOX. */
export function folderNames(folder: string): readonly string[] {
  if (folder === '') return ['INBOX'];
  return folder
    .split('/')
    .flatMap((segment) => (segment.startsWith('.') ? segment.slice(1).split('.') : [segment]))
    .filter((name) => name !== '')
    .map(decodedName);
}

/** Modified UTF-7 decoded; a name that is none, or that would become two, stands as it is. */
function decodedName(name: string): string {
  if (!name.includes('&')) return name;
  const decoded = name.replace(ENCODED, (word, text: string) => {
    if (text === '') return '&';
    const octets = Buffer.from(text.replaceAll(',', '/'), 'base64');
    return octets.length === 0 || octets.length % 2 === 1 ? word : octets.swap16().toString('utf16le');
  });
  return decoded.includes('/') || /[\p{Cc}\p{Cs}]/u.test(decoded) ? name : decoded;
}

const KEYWORD_LINE = /^(\d{1,2}) (\S{1,128})$/;

/** `dovecot-keywords`: a line `0 name` for each of the flags `a` to `z`. */
export function dovecotKeywords(text: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const line of text.split('\n', 64)) {
    const [, number, name] = KEYWORD_LINE.exec(line) ?? [];
    if (number !== undefined && name !== undefined && Number(number) < 26)
      names.set(String.fromCharCode(0x61 + Number(number)), name);
  }
  return names;
}
