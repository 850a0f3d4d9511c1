import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type EwsOptions, ewsFolderCounts } from '../../../src/io/ews.ts';
import { ewsPage } from '../../../src/io/ews-messages.ts';
import { compareCounts } from '../../../src/verify/live/index.ts';
import { makeMailbox } from '../mailbox.ts';
import { runOfEntries } from '../run.ts';
import {
  BUSY_FAULT,
  bareFault,
  EMPTY_PAGE,
  EXCHANGE_2007,
  errorAnswer,
  getFolderAnswer,
  OFFICE_365,
  WEB_PAGE,
} from './ews-answers.ts';

/** One exchange of a conversation: what is answered to the next request. */
interface Answer {
  readonly status: number;
  readonly body: string;
  readonly retryAfter?: string;
}

interface Asked {
  readonly authorization: string | undefined;
  readonly body: string;
}

let server: Server | null = null;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => server?.close(done));
});

/** Serves these answers to FindFolder, one after the other, and this one to GetFolder. */
async function conversation(
  answers: readonly Answer[],
  getFolder: Answer = { status: 500, body: bareFault('ErrorInvalidRequest') },
): Promise<{ endpoint: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const question = Buffer.concat(chunks).toString();
      const isFind = question.includes('<m:FindFolder');
      const answer = isFind ? answers[asked.length] : getFolder;
      const { status, body, retryAfter } = answer ?? { status: 500, body: 'no more answers', retryAfter: undefined };
      if (isFind) asked.push({ authorization: request.headers.authorization, body: question });
      const wait = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
      const headers = { 'content-type': 'text/xml; charset=utf-8', location: 'http://127.0.0.1:1/', ...wait };
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/EWS/Exchange.asmx`, asked };
}

const NAMESPACES =
  'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"';

interface Folder {
  readonly id: string;
  readonly parent: string;
  readonly name: string;
  readonly total: number;
  readonly element?: string;
  readonly folderClass?: string;
}

const folderXml = ({ id, parent, name, total, element = 'Folder', folderClass = 'IPF.Note' }: Folder): string =>
  `<t:${element}><t:FolderId Id="${id}" ChangeKey="AQ=="/><t:ParentFolderId Id="${parent}"/><t:FolderClass>${folderClass}</t:FolderClass><t:DisplayName>${name}</t:DisplayName><t:TotalCount>${total}</t:TotalCount></t:${element}>`;

const page = (folders: readonly Folder[], last: boolean, next: number, total = 7): Answer => ({
  status: 200,
  body: `<?xml version="1.0"?><s:Envelope ${NAMESPACES}><s:Header><t:ServerVersionInfo Version="Exchange2010_SP2"/></s:Header><s:Body><m:FindFolderResponse><m:ResponseMessages><m:FindFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:RootFolder IndexedPagingOffset="${next}" TotalItemsInView="${total}" IncludesLastItemInRange="${last}"><t:Folders>${folders.map(folderXml).join('')}</t:Folders></m:RootFolder></m:FindFolderResponseMessage></m:ResponseMessages></m:FindFolderResponse></s:Body></s:Envelope>`,
});

const fault = (code: string, status = 500, backoff: number | null = null): Answer => ({
  status,
  body: `<s:Envelope ${NAMESPACES}><s:Body><s:Fault><faultcode>a</faultcode><faultstring>The server cannot service this request &amp; asks for patience.</faultstring><detail><e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">${code}</e:ResponseCode>${backoff === null ? '' : `<t:MessageXml><t:Value Name="BackOffMilliseconds">${backoff}</t:Value></t:MessageXml>`}</detail></s:Fault></s:Body></s:Envelope>`,
});

const FIRST: readonly Folder[] = [
  { id: 'i', parent: 'root', name: 'Inbox', total: 9 },
  { id: 'p', parent: 'root', name: 'Projekte', total: 0 },
  { id: 'c', parent: 'root', name: 'Calendar', total: 4, element: 'CalendarFolder', folderClass: 'IPF.Appointment' },
  { id: 'k', parent: 'root', name: 'Contacts', total: 77, element: 'ContactsFolder', folderClass: 'IPF.Contact' },
];
const SECOND: readonly Folder[] = [
  { id: 'g', parent: 'p', name: 'Gr&#xF6;&#223;e', total: 7 },
  { id: 's', parent: 'root', name: 'Sent Items', total: 8 },
  { id: 't', parent: 'root', name: 'A &amp; &lt;B&gt;', total: 1, folderClass: 'IPF.StickyNote' },
];

const options = (endpoint: string, waited: number[] = []): EwsOptions => ({
  endpoint,
  token: 'token-1',
  address: 'anna&co@example.com',
  random: () => 1,
  backoffMilliseconds: 10,
  sleep: async (milliseconds) => void waited.push(milliseconds),
});

test('two pages, a busy server between them: every folder with its path, kind and count', async () => {
  const { endpoint, asked } = await conversation([
    page(FIRST, false, 4),
    fault('ErrorServerBusy', 500, 120),
    fault('ErrorServerBusy', 200),
    page(SECOND, true, 7),
  ]);
  const waited: number[] = [];
  const folders = await ewsFolderCounts(options(endpoint, waited));
  expect(folders).toEqual([
    { path: ['Inbox'], kind: 'mail', total: 9, role: null },
    { path: ['Projekte'], kind: 'mail', total: 0, role: null },
    { path: ['Calendar'], kind: 'calendar', total: 4, role: null },
    { path: ['Contacts'], kind: 'other', total: 77, role: null },
    { path: ['Projekte', 'Größe'], kind: 'mail', total: 7, role: null },
    { path: ['Sent Items'], kind: 'mail', total: 8, role: null },
    { path: ['A & <B>'], kind: 'other', total: 1, role: null },
  ]);
  // No sooner than the server asks, and longer each time.
  expect(waited).toEqual([120, 20]);
  expect(asked.map(({ authorization }) => authorization)).toEqual(Array(4).fill('Bearer token-1'));
  for (const { body } of asked) {
    expect(body).toContain('Version="Exchange2010_SP2"');
    expect(body).toContain('anna&#38;co@example.com');
  }
  expect(asked.map(({ body }) => /Offset="(\d+)"/.exec(body)?.[1])).toEqual(['0', '4', '4', '4']);
});

test('the counts of a server and of an export of the same mailbox agree', async () => {
  const manifest = await (await runOfEntries(makeMailbox({ messages: 24 }))).reader();
  const now = FIRST.concat(SECOND).map((folder) => ({ ...folder, total: folder.total > 6 ? 8 : folder.total }));
  const { endpoint } = await conversation([page(now, true, 7)]);
  const result = await compareCounts({
    manifest,
    location: 'ews://host',
    now: await ewsFolderCounts(options(endpoint)),
  });
  expect(result.rows.map(({ folder, held, now: most }) => [folder, held, most])).toEqual([
    ['Inbox', 8, 8],
    ['Projekte', 0, 0],
    ['Calendar', 4, 4],
    ['Projekte/Größe', 8, 8],
    ['Sent Items', 8, 8],
  ]);
  expect(result.witness.agrees).toBe(true);
});

/** Each page holds a folder that no other holds. */
const endless = (pages: number): Answer[] =>
  Array.from({ length: pages }, (_, at) =>
    page([{ id: `${at}`, parent: 'root', name: `${at}`, total: 1 }], false, at + 1, 9999),
  );

test.each([
  ['a server that stays busy', Array(9).fill(fault('ErrorServerBusy')), 'TEMPORARY', 6],
  ['too many requests', Array(9).fill({ status: 429, body: '' }), 'TEMPORARY', 6],
  ['a gateway that fails', Array(9).fill({ status: 503, body: '' }), 'TEMPORARY', 6],
  ['a token that has expired', [{ status: 401, body: '' }], 'ACCESS_DENIED', 1],
  ['a role without impersonation', [fault('ErrorImpersonateUserDenied')], 'ACCESS_DENIED', 1],
  ['a request not understood', [fault('ErrorSchemaValidation')], 'SOURCE_UNREADABLE', 1],
  ['an answer that is no list', [{ status: 200, body: '<html>hello</html>' }], 'SOURCE_UNREADABLE', 1],
  ['a redirection, which would take the token elsewhere', Array(9).fill({ status: 302, body: '' }), 'TEMPORARY', 6],
  ['a server that says its first page again', Array(600).fill(page(FIRST, false, 0)), 'SOURCE_UNREADABLE', 2],
  ['a server that lists without end', endless(600), 'SOURCE_UNREADABLE', 500],
  ['a server that has more and lists nothing', [{ status: 200, body: EMPTY_PAGE }], 'SOURCE_UNREADABLE', 1],
  ['a last page that is short of what there is', [page(FIRST, true, 4)], 'SOURCE_UNREADABLE', 1],
  ['a web page of status 200', [{ status: 200, body: WEB_PAGE }], 'SOURCE_UNREADABLE', 1],
  ['a web page of a gateway that fails', Array(9).fill({ status: 502, body: WEB_PAGE }), 'TEMPORARY', 6],
  ['a web page of a wrong path', [{ status: 404, body: WEB_PAGE }], 'SOURCE_UNREADABLE', 1],
  ['an answer that is cut', Array(9).fill({ status: 200, body: OFFICE_365.slice(0, -400) }), 'TEMPORARY', 6],
  ['an id that is missing', [{ status: 200, body: EXCHANGE_2007.replace('Id="AQAnAH"', '') }], 'SOURCE_UNREADABLE', 1],
  ['a fault without detail', [{ status: 500, body: bareFault('ErrorAccessDenied') }], 'ACCESS_DENIED', 1],
  ['a busy server without detail', Array(9).fill({ status: 500, body: bareFault('ErrorServerBusy') }), 'TEMPORARY', 6],
  ['a wrong version', [{ status: 500, body: bareFault('ErrorInvalidServerVersion') }], 'SOURCE_UNREADABLE', 1],
  ['an error in an answer', [{ status: 200, body: errorAnswer('ErrorInvalidIdMalformed') }], 'SOURCE_UNREADABLE', 1],
  ['a refusal in an answer', [{ status: 200, body: errorAnswer('ErrorImpersonateUserDenied') }], 'ACCESS_DENIED', 1],
  ['nobody’s mailbox', [{ status: 200, body: errorAnswer('ErrorNonExistentMailbox') }], 'ENTITY_NOT_FOUND', 1],
  [
    'an open connection too many',
    Array(9).fill({ status: 200, body: errorAnswer('ErrorTooManyObjectsOpened') }),
    'TEMPORARY',
    6,
  ],
  ['elements without end', [{ status: 200, body: `<s:Envelope>${'<a>'.repeat(99_999)}` }], 'SOURCE_UNREADABLE', 1],
] as const)('%s', async (_, answers, code, requests) => {
  const { endpoint, asked } = await conversation(answers);
  await expect(ewsFolderCounts(options(endpoint))).rejects.toMatchObject({ code });
  expect(asked).toHaveLength(requests);
});

test('a folder that is its own ancestor ends the path', async () => {
  const { endpoint } = await conversation([page([{ id: 'a', parent: 'a', name: 'A', total: 1 }], true, 1, 1)]);
  expect((await ewsFolderCounts(options(endpoint)))[0]?.path).toHaveLength(300);
});

test('nobody there, no answer in time, and an interruption', async () => {
  await expect(ewsFolderCounts(options('http://127.0.0.1:1/'))).rejects.toMatchObject({ code: 'TEMPORARY' });
  const { endpoint } = await conversation([]);
  await expect(ewsFolderCounts(options(endpoint), AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
  server?.removeAllListeners('request');
  const impatient = { ...options(endpoint), timeoutMilliseconds: 20, attempts: 1 };
  await expect(ewsFolderCounts(impatient)).rejects.toMatchObject({ code: 'TIMEOUT' });
});

test('the first version’s answer: no prefixes, no offset, no parents', async () => {
  const { endpoint } = await conversation([{ status: 200, body: EXCHANGE_2007 }]);
  expect(await ewsFolderCounts(options(endpoint))).toEqual([
    { path: ['TestFolder'], kind: 'mail', total: 3, role: null },
  ]);
});

const ROLES = getFolderAnswer(['in', null, null, null, null, 'cal']);

test('Office 365’s answer: search folders, no class, no count, no name, and the roles of localized folders', async () => {
  const { endpoint } = await conversation([{ status: 200, body: OFFICE_365 }], { status: 200, body: ROLES });
  expect(await ewsFolderCounts(options(endpoint))).toEqual([
    { path: ['AllItems'], kind: 'other', total: 282, role: null },
    { path: ['Posteingang'], kind: 'mail', total: 5, role: 'inbox' },
    { path: ['Posteingang', 'R&D <alt>'], kind: 'mail', total: 2, role: null },
    { path: ['BulkActions'], kind: 'mail', total: 0, role: null },
    { path: ['Gesperrt'], kind: 'mail', total: null, role: null },
    { path: ['Календарь'], kind: 'calendar', total: 4, role: 'calendar' },
    { path: [''], kind: 'other', total: 9, role: null },
  ]);
});

test.each([
  ['with an offset that stands still', page(FIRST, false, 0)],
  ['without an offset', { status: 200, body: page(FIRST, false, 0).body.replace('IndexedPagingOffset="0"', '') }],
  [
    'without a word on the last',
    { status: 200, body: page(FIRST, false, 4).body.replace(/ IncludesLast\w+="false"/, '') },
  ],
])('a page %s: what was received says where the next begins', async (_, first) => {
  const { endpoint, asked } = await conversation([first, page(SECOND, true, 7)]);
  expect(await ewsFolderCounts(options(endpoint))).toHaveLength(7);
  expect(asked.map(({ body }) => /Offset="(\d+)"/.exec(body)?.[1])).toEqual(['0', '4']);
});

test('a busy server is left alone as long as it asks, in whatever way it says so', async () => {
  const { endpoint } = await conversation([
    { status: 500, body: BUSY_FAULT },
    { status: 200, body: errorAnswer('ErrorServerBusy') },
    { status: 503, body: WEB_PAGE, retryAfter: '7' },
    { status: 429, body: '', retryAfter: 'Sun, 22 Nov 2026 21:00:00 GMT' },
    { status: 200, body: EXCHANGE_2007 },
  ]);
  const waited: number[] = [];
  await ewsFolderCounts(options(endpoint, waited));
  expect(waited).toEqual([297_749, 50, 7000, 80]);
});

test('a token that expires between the two questions is not passed over', async () => {
  const { endpoint } = await conversation([{ status: 200, body: EXCHANGE_2007 }], { status: 401, body: '' });
  await expect(ewsFolderCounts(options(endpoint))).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
});

test('no beginning of an answer passes for the answer', () => {
  expect(ewsPage(OFFICE_365).rows).toHaveLength(7);
  for (let length = 0; length < OFFICE_365.length; length++) {
    expect(() => ewsPage(OFFICE_365.slice(0, length)), `cut after ${length}`).toThrow();
  }
});

test('no entity of a document type is expanded, and an attribute may stand in single quotes', () => {
  const hostile = `<!DOCTYPE x [<!ENTITY lol "ha"><!ENTITY file SYSTEM "file:///etc/passwd">]>${EXCHANGE_2007.replace(/^.*\n/, '')}`;
  const { rows } = ewsPage(hostile.replace('TestFolder', '&lol;&file;&amp;').replace('Id="AQAnAH"', "Id='AQ&amp;nAH'"));
  expect(rows).toMatchObject([{ id: 'AQ&nAH', name: '&lol;&file;&' }]);
});
