import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type EwsOptions, ewsFolderCounts } from '../../../src/io/ews.ts';
import { compareCounts } from '../../../src/verify/live/index.ts';
import { makeMailbox } from '../mailbox.ts';
import { runOfEntries } from '../run.ts';

/** One exchange of a conversation: what is answered to the next request. */
interface Answer {
  readonly status: number;
  readonly body: string;
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

async function conversation(answers: readonly Answer[]): Promise<{ endpoint: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { status, body } = answers[asked.length] ?? { status: 500, body: 'no more answers' };
      asked.push({ authorization: request.headers.authorization, body: Buffer.concat(chunks).toString() });
      response
        .writeHead(status, { 'content-type': 'text/xml; charset=utf-8', location: 'http://127.0.0.1:1/' })
        .end(body);
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

const page = (folders: readonly Folder[], last: boolean, next: number): Answer => ({
  status: 200,
  body: `<?xml version="1.0"?><s:Envelope ${NAMESPACES}><s:Header><t:ServerVersionInfo Version="Exchange2010_SP2"/></s:Header><s:Body><m:FindFolderResponse><m:ResponseMessages><m:FindFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:RootFolder IndexedPagingOffset="${next}" TotalItemsInView="9" IncludesLastItemInRange="${last}"><t:Folders>${folders.map(folderXml).join('')}</t:Folders></m:RootFolder></m:FindFolderResponseMessage></m:ResponseMessages></m:FindFolderResponse></s:Body></s:Envelope>`,
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
    { path: ['Inbox'], kind: 'mail', total: 9 },
    { path: ['Projekte'], kind: 'mail', total: 0 },
    { path: ['Calendar'], kind: 'calendar', total: 4 },
    { path: ['Contacts'], kind: 'other', total: 77 },
    { path: ['Projekte', 'Größe'], kind: 'mail', total: 7 },
    { path: ['Sent Items'], kind: 'mail', total: 8 },
    { path: ['A & <B>'], kind: 'other', total: 1 },
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

test.each([
  ['a server that stays busy', Array(9).fill(fault('ErrorServerBusy')), 'TEMPORARY', 6],
  ['too many requests', Array(9).fill({ status: 429, body: '' }), 'TEMPORARY', 6],
  ['a gateway that fails', Array(9).fill({ status: 503, body: '' }), 'TEMPORARY', 6],
  ['a token that has expired', [{ status: 401, body: '' }], 'ACCESS_DENIED', 1],
  ['a role without impersonation', [fault('ErrorImpersonateUserDenied')], 'ACCESS_DENIED', 1],
  ['a request not understood', [fault('ErrorSchemaValidation')], 'SOURCE_UNREADABLE', 1],
  ['an answer that is no list', [{ status: 200, body: '<html>hello</html>' }], 'SOURCE_UNREADABLE', 1],
  ['a redirection, which would take the token elsewhere', Array(9).fill({ status: 302, body: '' }), 'TEMPORARY', 6],
  ['a server that lists without end', Array(600).fill(page(FIRST, false, 0)), 'SOURCE_UNREADABLE', 500],
] as const)('%s', async (_, answers, code, requests) => {
  const { endpoint, asked } = await conversation(answers);
  await expect(ewsFolderCounts(options(endpoint))).rejects.toMatchObject({ code });
  expect(asked).toHaveLength(requests);
});

test('a folder that is its own ancestor ends the path', async () => {
  const { endpoint } = await conversation([page([{ id: 'a', parent: 'a', name: 'A', total: 1 }], true, 1)]);
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
