import { afterEach, expect, test } from 'vitest';
import { ImapMailbox } from '../../../src/io/imap.ts';
import type { ImapOptions } from '../../../src/io/imap-client.ts';
import { imapError } from '../../../src/io/imap-errors.ts';
import { isLoopback, parseImapLocation } from '../../../src/io/imap-location.ts';
import { type Script, type ScriptedFolder, type ScriptedServer, startScript } from './imap-server.ts';

let server: ScriptedServer | null = null;
afterEach(async () => server?.close());

const folder = (name: string, count: number, flags = ''): ScriptedFolder => ({
  name,
  flags,
  validity: 7,
  messages: Array.from({ length: count }, (_, place) => ({
    uid: (place + 1) * 3,
    header: `Message-ID: <${place}@x>\r\nSubject: s\r\n\r\n`,
  })),
});

async function clientOf(script: Script, more: Partial<ImapOptions> = {}): Promise<ImapMailbox> {
  server = await startScript(script);
  const access = { host: '127.0.0.1', port: server.port, secure: false, user: 'anna', password: 'right' };
  return new ImapMailbox({ ...access, backoffMilliseconds: 1, random: () => 0.5, batch: 100, ...more });
}

async function uidsOf(client: ImapMailbox, name = 'INBOX', signal?: AbortSignal): Promise<number[]> {
  const uids: number[] = [];
  for await (const batch of client.headers(name, signal)) uids.push(...batch.map(({ uid }) => uid));
  return uids;
}

const expected = (count: number) => Array.from({ length: count }, (_, place) => (place + 1) * 3);
const fetches = () => (server?.commands ?? []).filter((command) => /^(UID )?FETCH/.test(command));

test('folders come with their counts, split at the server’s delimiter, names decoded, containers left out', async () => {
  const client = await clientOf({
    delimiter: '.',
    folders: [folder('INBOX', 2), folder('Projekte.Gr&APYA3w-e', 3), folder('Only a container', 0, '\\Noselect')],
  });
  const folders = await client.folders();
  await client.close();
  expect(folders).toEqual([
    { name: 'INBOX', path: ['INBOX'], total: 2 },
    { name: 'Projekte.Größe', path: ['Projekte', 'Größe'], total: 3 },
  ]);
});

test('headers are asked for in ranges, with PEEK, from a folder that was examined', async () => {
  const client = await clientOf({ folders: [folder('INBOX', 250)] });
  expect(await uidsOf(client)).toEqual(expected(250));
  await client.close();
  expect(fetches().map((command) => command.split(' ')[1])).toEqual(['1:100', '101:200', '201:250']);
  for (const command of fetches()) expect(command).toMatch(/BODY\.PEEK\[HEADER\.FIELDS/);
  const commands = server?.commands.join('\n') ?? '';
  expect(commands).toMatch(/^EXAMINE/m);
  expect(commands).not.toMatch(/^(SELECT|STORE|EXPUNGE|COPY|MOVE|APPEND|UID STORE)|BODY\[/m);
  expect(commands).not.toMatch(/FETCH [\d:]*,/);
});

test('a folder that is listed twice is one folder', async () => {
  const client = await clientOf({ folders: [folder('INBOX', 2), folder('Kept', 1), folder('Kept', 1)] });
  expect((await client.folders()).map(({ name }) => name)).toEqual(['INBOX', 'Kept']);
  await client.close();
});

test('a folder that may not be read is named, and is not asked for again', async () => {
  const denied = { ...folder('Kept', 3), refusal: '[NOPERM] no rights' };
  const client = await clientOf({ folders: [folder('INBOX', 2), denied] });
  await expect(uidsOf(client, 'Kept')).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
    message: expect.stringContaining('the folder Kept'),
  });
  await client.close();
  expect(server?.commands.filter((command) => command.startsWith('EXAMINE'))).toHaveLength(1);
  const busy = await clientOf({ folders: [{ ...folder('Kept', 3), refusal: 'busy' }] }, { attempts: 2 });
  await expect(uidsOf(busy, 'Kept')).rejects.toMatchObject({
    code: 'TEMPORARY',
    message: expect.stringContaining('The folder Kept'),
  });
});

test('an answer that is cut is one, whether or not the server says how many messages there are', async () => {
  const script = { folders: [folder('INBOX', 6)], statusRefused: true, onFetch: () => 'cut' as const };
  const client = await clientOf(script, { attempts: 2 });
  await expect(uidsOf(client)).rejects.toMatchObject({ code: 'TEMPORARY' });
});

test('who cancels does not wait for a server that has hung, nor does who has waited long enough', async () => {
  const controller = new AbortController();
  const hung = { folders: [folder('INBOX', 6)], onFetch: () => 'hang' as const };
  const client = await clientOf(hung);
  setTimeout(() => controller.abort(), 200);
  const begun = Date.now();
  await expect(uidsOf(client, 'INBOX', controller.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
  await client.close();
  await server?.close();
  const patient = await clientOf(hung, { timeoutMilliseconds: 300, attempts: 2 });
  await expect(uidsOf(patient)).rejects.toMatchObject({ code: 'TEMPORARY' });
  expect(Date.now() - begun).toBeLessThan(10_000);
});

test('an empty folder is asked for nothing', async () => {
  const client = await clientOf({ folders: [folder('INBOX', 0)] });
  expect(await uidsOf(client)).toEqual([]);
  await client.close();
  expect(fetches()).toEqual([]);
});

test.each(['drop', 'cut', 'repeat'] as const)('answers that %s lose no message and repeat none', async (how) => {
  let times = 0;
  const client = await clientOf({
    folders: [folder('INBOX', 450)],
    onFetch: (count) => (count % 2 === 0 && times++ < 4 ? how : null),
  });
  expect(await uidsOf(client)).toEqual(expected(450));
  await client.close();
  expect(times).toBeGreaterThan(1);
});

test('the batch shrinks when the connection drops', async () => {
  const client = await clientOf({ folders: [folder('INBOX', 300)], onFetch: (count) => (count === 1 ? 'drop' : null) });
  await uidsOf(client);
  await client.close();
  expect(fetches().map((command) => command.split(' ')[1])).toEqual([
    '1:100',
    '1:50',
    '51:100',
    '101:150',
    '151:200',
    '201:250',
    '251:300',
  ]);
});

test('a place that expunged messages moved is found again by UID', async () => {
  const inbox = folder('INBOX', 200);
  const client = await clientOf({
    folders: [inbox],
    onFetch: (count) => {
      if (count !== 2) return null;
      // Another client deletes the first 60, and the connection drops.
      inbox.messages = inbox.messages.slice(60);
      return 'drop';
    },
  });
  expect(await uidsOf(client)).toEqual(expected(200));
  await client.close();
});

test('messages that are deleted while they are read are no failure', async () => {
  const inbox = folder('INBOX', 200);
  const client = await clientOf({
    folders: [inbox],
    onFetch: (count) => {
      if (count === 2) inbox.messages = inbox.messages.slice(0, 150);
      return count === 2 ? 'cut' : null;
    },
  });
  expect((await uidsOf(client)).length).toBeLessThan(200);
  await client.close();
});

test('a folder that is made anew while it is read ends the run', async () => {
  const inbox = folder('INBOX', 200);
  const client = await clientOf({
    folders: [inbox],
    onFetch: (count) => {
      if (count === 2) inbox.validity = 8;
      return count === 2 ? 'drop' : null;
    },
  });
  await expect(uidsOf(client)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
  await client.close();
});

test('a server that answers nothing whole is given up after the tries that were set', async () => {
  const waited: number[] = [];
  const client = await clientOf(
    { folders: [folder('INBOX', 200)], onFetch: () => 'drop' },
    {
      attempts: 4,
      backoffMilliseconds: 100,
      random: () => 1,
      sleep: async (milliseconds) => void waited.push(milliseconds),
    },
  );
  await expect(uidsOf(client)).rejects.toMatchObject({ code: 'TEMPORARY' });
  expect(waited).toEqual([100, 200, 400]);
  await client.close();
});

test('a pause is made between requests', async () => {
  const waited: number[] = [];
  const client = await clientOf(
    { folders: [folder('INBOX', 300)] },
    { pauseMilliseconds: 40, sleep: async (milliseconds) => void waited.push(milliseconds) },
  );
  await uidsOf(client);
  await client.close();
  expect(waited).toEqual([40, 40, 40]);
});

test('one message is asked for by its UID; one that has gone is null', async () => {
  const client = await clientOf({ folders: [folder('INBOX', 3)] });
  expect(await client.header('INBOX', 6)).toMatchObject({ uid: 6, arrived: Date.parse('2026-01-01T10:00:00Z') });
  expect(await client.header('INBOX', 7)).toBeNull();
  await client.close();
});

test('a wrong password is refused without another try, an interruption at once', async () => {
  const wrong = await clientOf({ folders: [] }, { password: 'guess' });
  await expect(wrong.folders()).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  expect(server?.commands.filter((command) => command.startsWith('LOGIN'))).toHaveLength(1);
  await server?.close();
  const client = await clientOf({ folders: [folder('INBOX', 3)] });
  await expect(uidsOf(client, 'INBOX', AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(client.folders(AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
  await client.close();
});

test.each([
  [
    'imaps://anna@example.com@imap.mail.eu-west-1.awsapps.com',
    'anna@example.com',
    'imap.mail.eu-west-1.awsapps.com',
    993,
    true,
  ],
  ['imap://anna%40example.com@localhost', 'anna@example.com', 'localhost', 143, false],
  ['IMAPS://a@[::1]:1993/', 'a', '::1', 1993, true],
  ['imaps://host', '', 'host', 993, true],
  ['imaps://a%zz@host', 'a%zz', 'host', 993, true],
] as const)('%s is read', (text, user, host, port, secure) => {
  expect(parseImapLocation(text)).toEqual({ host, port, secure, user });
});

test.each(['imap:/host', 'http://host', 'imaps://', 'imaps://a:secret@host', 'imaps://host:123456'])(
  '%s is refused',
  (text) => {
    expect(() => parseImapLocation(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  },
);

test('only this machine is loopback', () => {
  expect(['localhost', '127.0.0.1', '::1'].every(isLoopback)).toBe(true);
  expect(['example.com', '127.0.0.1.example.com', 'localhost.example.com', '10.0.0.1'].some(isLoopback)).toBe(false);
});

test.each([
  [{ authenticationFailed: true, message: 'x' }, 'ACCESS_DENIED'],
  [Object.assign(new Error('self-signed'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), 'ACCESS_DENIED'],
  [Object.assign(new Error('reset'), { code: 'ECONNRESET' }), 'TEMPORARY'],
  [Object.assign(new Error('Command failed'), { responseText: 'Try again later' }), 'TEMPORARY'],
  ['odd', 'TEMPORARY'],
  [undefined, 'TEMPORARY'],
])('%o is %s', (thrown, code) => expect(imapError(thrown, 'imaps://host').code).toBe(code));
