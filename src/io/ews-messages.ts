import { MailproofError } from '../model/index.ts';

/** A folder and how many items it holds. */
export interface EwsFolder {
  readonly path: readonly string[];
  readonly kind: 'mail' | 'calendar' | 'other';
  readonly total: number;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,4}));/gi, (whole, hexadecimal, decimal, name) => {
    if (typeof name === 'string') return ENTITIES[name] ?? whole;
    const point = hexadecimal === undefined ? Number(decimal) : Number.parseInt(String(hexadecimal), 16);
    return point <= 0x10_ffff ? String.fromCodePoint(point) : whole;
  });
}

/** FindFolder over the whole tree below the mailbox's visible root, one page of it, as the mailbox's owner. */
export function findFolderRequest(address: string, offset: number, page: number): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages">
<soap:Header><t:RequestServerVersion Version="Exchange2010_SP2"/><t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>${escaped(address)}</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></soap:Header>
<soap:Body><m:FindFolder Traversal="Deep"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties><t:FieldURI FieldURI="folder:DisplayName"/><t:FieldURI FieldURI="folder:ParentFolderId"/><t:FieldURI FieldURI="folder:TotalCount"/><t:FieldURI FieldURI="folder:FolderClass"/></t:AdditionalProperties></m:FolderShape><m:IndexedPageFolderView MaxEntriesReturned="${page}" Offset="${offset}" BasePoint="Beginning"/><m:ParentFolderIds><t:DistinguishedFolderId Id="msgfolderroot"/></m:ParentFolderIds></m:FindFolder></soap:Body>
</soap:Envelope>`;
}

/** The content of the first element of a name, whatever its prefix; null where there is none. Linear: no nested repeats. */
function element(xml: string, name: string): string | null {
  const open = new RegExp(`<(?:[\\w-]{1,40}:)?${name}(?=[\\s/>])[^>]{0,4000}>`).exec(xml);
  if (open === null) return null;
  if (open[0].endsWith('/>')) return '';
  const from = open.index + open[0].length;
  const close = new RegExp(`</(?:[\\w-]{1,40}:)?${name}\\s{0,20}>`).exec(xml.slice(from));
  return close === null ? null : xml.slice(from, from + close.index);
}

function attribute(xml: string, elementName: string, name: string): string | null {
  const open = new RegExp(`<(?:[\\w-]{1,40}:)?${elementName}(?=[\\s/>])[^>]{0,4000}>`).exec(xml)?.[0];
  const value = open === undefined ? undefined : new RegExp(`\\s${name}="([^"]{0,2000})"`).exec(open)?.[1];
  return value === undefined ? null : unescaped(value);
}

/** Folder elements of all kinds, in order, by their start tags: each is cut at the next end tag of its own name. */
function* folderElements(xml: string): Generator<{ readonly kind: string; readonly content: string }> {
  const tag = /<(\/?)(?:[\w-]{1,40}:)?((?:Calendar|Contacts|Tasks|Search)?Folder)(?=[\s/>])[^>]{0,4000}>/g;
  let open: { kind: string; from: number } | null = null;
  for (let found = tag.exec(xml); found !== null; found = tag.exec(xml)) {
    const [whole, closing, kind = ''] = found;
    if (closing === '') open = { kind, from: found.index + whole.length };
    else if (open !== null && open.kind === kind) {
      yield { kind, content: xml.slice(open.from, found.index) };
      open = null;
    }
  }
}

const NOT_MAIL = /^IPF\.(?!Note\b)/i;

function kindOf(name: string, folderClass: string): EwsFolder['kind'] {
  if (name === 'CalendarFolder' || /^IPF\.Appointment\b/i.test(folderClass)) return 'calendar';
  return name === 'Folder' && !NOT_MAIL.test(folderClass) ? 'mail' : 'other';
}

/** A folder as an answer names it: its place is known once its parents are, and they may be on another page. */
export interface EwsRow {
  readonly id: string;
  readonly parent: string;
  readonly name: string;
  readonly kind: EwsFolder['kind'];
  readonly total: number;
}

/** The folders of an answer to FindFolder; `next` is the server's offset of the next page. Throws SOURCE_UNREADABLE. */
export function ewsRows(xml: string): { rows: EwsRow[]; last: boolean; next: number | null } {
  if (element(xml, 'RootFolder') === null) {
    throw new MailproofError('SOURCE_UNREADABLE', 'The EWS server’s answer holds no list of folders.');
  }
  const rows = [...folderElements(xml)].map(({ kind, content }) => ({
    id: attribute(content, 'FolderId', 'Id') ?? '',
    parent: attribute(content, 'ParentFolderId', 'Id') ?? '',
    name: unescaped(element(content, 'DisplayName') ?? ''),
    kind: kindOf(kind, unescaped(element(content, 'FolderClass') ?? '')),
    total: Number(element(content, 'TotalCount') ?? '0') || 0,
  }));
  const next = attribute(xml, 'RootFolder', 'IndexedPagingOffset');
  const last = attribute(xml, 'RootFolder', 'IncludesLastItemInRange') !== 'false';
  return { rows, last, next: next === null ? null : Number(next) };
}

/** The folders of all pages, each with its path below the mailbox's visible root. */
export function ewsFolders(rows: readonly EwsRow[]): EwsFolder[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return [...byId.values()].map(({ id, kind, total }) => ({ path: pathOf(byId, id), kind, total }));
}

/** Folders nest; a server that makes one its own ancestor must not hold us. */
const DEEPEST = 300;

function pathOf(rows: ReadonlyMap<string, EwsRow>, id: string): string[] {
  const path: string[] = [];
  for (let row = rows.get(id); row !== undefined && path.length < DEEPEST; row = rows.get(row.parent))
    path.push(row.name);
  return path.reverse();
}

const BUSY = /^Error(ServerBusy|InternalServerTransientError|TimeoutExpired|ConnectionFailed|MailboxStoreUnavailable)$/;
const REFUSED =
  /^Error(AccessDenied|ImpersonateUserDenied|ImpersonationDenied|ImpersonationFailed|TokenSerializationDenied)$/;

/** What an answer refuses, and how long the server wants to be left alone; null where it answers. */
export function ewsError(
  status: number,
  xml: string,
  endpoint: string,
): { readonly error: MailproofError; readonly backoffMilliseconds: number } | null {
  const code = element(xml, 'ResponseCode') ?? '';
  if (status === 200 && (code === 'NoError' || code === '')) return null;
  const said = `${code === '' ? `HTTP ${status}` : code}: ${unescaped(element(xml, 'MessageText') ?? element(xml, 'faultstring') ?? 'no reason given')}`;
  const wait = /Name="BackOffMilliseconds"[^>]{0,200}>\s{0,20}(\d{1,9})\s{0,20}</.exec(xml)?.[1];
  const backoffMilliseconds = wait === undefined ? 0 : Number(wait);
  if (BUSY.test(code) || status === 429 || (status >= 500 && !REFUSED.test(code) && code === '')) {
    const error = new MailproofError('TEMPORARY', `${endpoint} is busy (${said}).`, { advice: 'Run again later.' });
    return { error, backoffMilliseconds };
  }
  if (REFUSED.test(code) || status === 401 || status === 403) {
    const error = new MailproofError('ACCESS_DENIED', `${endpoint} refused (${said}).`, {
      advice:
        'A token of workmail:AssumeImpersonationRole lasts 15 minutes; the role needs read access to this mailbox.',
    });
    return { error, backoffMilliseconds };
  }
  return {
    error: new MailproofError('SOURCE_UNREADABLE', `${endpoint} cannot be read (${said}).`),
    backoffMilliseconds,
  };
}
