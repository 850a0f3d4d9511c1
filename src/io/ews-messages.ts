import { MailproofError } from '../model/index.ts';
import { EWS_ROLES, type EwsRole } from './ews-requests.ts';
import { child, childText, descendants, type EwsElement, soapBody } from './ews-xml.ts';

/** A folder and how many items it holds. */
export interface EwsFolder {
  readonly path: readonly string[];
  readonly kind: 'mail' | 'calendar' | 'other';
  /** Null where the server does not say: that is not none. */
  readonly total: number | null;
  /** Which of the folders that every mailbox has this is; null for all others. */
  readonly role: EwsRole | null;
}

/** A folder as an answer names it: its place is known once its parents are, and they may be on another page. */
export interface EwsRow {
  readonly id: string;
  readonly parent: string;
  readonly name: string;
  readonly kind: EwsFolder['kind'];
  readonly total: number | null;
}

export interface EwsPage {
  readonly rows: readonly EwsRow[];
  /** Whether these are the last; null where the server does not say. */
  readonly last: boolean | null;
  /** The server's offset of the next page. */
  readonly next: number | null;
  /** How many folders there are in all; null where the server does not say. */
  readonly total: number | null;
}

const FOLDERS = /^(?:Calendar|Contacts|Tasks|Search)?Folder$/;
/** Folders of IMAP accounts hold mail as those of IPF.Note do; a class that is not there is that of mail too. */
const NOT_MAIL = /^IPF\.(?!(?:Note|Imap)\b)/i;

/** What a search folder shows lies in other folders, and is counted there. */
function kindOf(name: string, folderClass: string): EwsFolder['kind'] {
  if (name === 'CalendarFolder' || /^IPF\.Appointment\b/i.test(folderClass)) return 'calendar';
  return name === 'Folder' && !NOT_MAIL.test(folderClass) ? 'mail' : 'other';
}

const count = (text: string | null | undefined): number | null => (/^\d{1,15}$/.test(text ?? '') ? Number(text) : null);
const idOf = (element: EwsElement, name: string): string => child(element, name)?.attributes.get('Id') ?? '';

function rowOf(element: EwsElement): EwsRow {
  const id = idOf(element, 'FolderId');
  if (id === '') throw new MailproofError('SOURCE_UNREADABLE', 'The EWS server lists a folder without its id.');
  return {
    id,
    parent: idOf(element, 'ParentFolderId'),
    name: child(element, 'DisplayName')?.text ?? '',
    kind: kindOf(element.name, childText(element, 'FolderClass') ?? ''),
    total: count(childText(element, 'TotalCount')),
  };
}

/** The folders of an answer to FindFolder. Throws SOURCE_UNREADABLE; TEMPORARY for an answer that is cut. */
export function ewsPage(xml: string): EwsPage {
  const body = soapBody(xml);
  const [root] = body === null ? [] : descendants(body, 'RootFolder');
  if (root === undefined) {
    const what = /<html\b/i.test(xml) ? 'is a web page' : 'holds no list of folders';
    throw new MailproofError('SOURCE_UNREADABLE', `The EWS server’s answer ${what}.`, {
      advice: 'The endpoint is https://ews.mail.REGION.awsapps.com/EWS/Exchange.asmx.',
    });
  }
  const folders = child(root, 'Folders')?.children.filter(({ name }) => FOLDERS.test(name)) ?? [];
  const last = root.attributes.get('IncludesLastItemInRange')?.toLowerCase();
  return {
    rows: folders.map(rowOf),
    last: last === undefined ? null : last === 'true' || last === '1',
    next: count(root.attributes.get('IndexedPagingOffset')),
    total: count(root.attributes.get('TotalItemsInView')),
  };
}

/** Ids of the folders that every mailbox has, from an answer to GetFolder; those that this mailbox lacks are left out. */
export function ewsRoles(xml: string): Map<string, EwsRole> {
  const body = soapBody(xml);
  const messages = body === null ? [] : [...descendants(body, 'GetFolderResponseMessage')];
  const roles = new Map<string, EwsRole>();
  // Answers stand in the order of the questions; with another number of them nobody knows which is which.
  if (messages.length !== EWS_ROLES.length) return roles;
  for (const [place, role] of EWS_ROLES.entries()) {
    const [folder] = messages[place] === undefined ? [] : descendants(messages[place], 'FolderId');
    const id = folder?.attributes.get('Id');
    if (id !== undefined) roles.set(id, role);
  }
  return roles;
}

/** The folders of all pages, each with its path below the mailbox's visible root. */
export function ewsFolders(rows: ReadonlyMap<string, EwsRow>, roles: ReadonlyMap<string, EwsRole>): EwsFolder[] {
  return [...rows.values()].map(({ id, kind, total }) => ({
    path: pathOf(rows, id),
    kind,
    total,
    role: roles.get(id) ?? null,
  }));
}

/** Folders nest; a server that makes one its own ancestor must not hold us. */
const DEEPEST = 300;

function pathOf(rows: ReadonlyMap<string, EwsRow>, id: string): string[] {
  const path: string[] = [];
  for (let row = rows.get(id); row !== undefined && path.length < DEEPEST; row = rows.get(row.parent))
    path.push(row.name);
  return path.reverse();
}
