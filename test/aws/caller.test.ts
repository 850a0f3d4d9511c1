import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askCaller, createClients } from '../../src/aws/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ mailboxes: [] });
});
afterAll(() => sandbox.close());

const clientsOf = (endpoint: string, secretAccessKey = 'test') =>
  createClients({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey } });

test('STS names the caller', async () => {
  const clients = clientsOf(sandbox.endpoint);
  expect(await askCaller(clients.sts)).toEqual({
    arn: `arn:aws:iam::${sandbox.accountId}:user/sandbox`,
    account: sandbox.accountId,
    userId: 'AIDASANDBOX',
  });
  clients.destroy();
});

test('refused, gone, unsigned or broken: the reason is recorded and nothing is thrown', async () => {
  sandbox.faults.add({ service: 'sts', status: 403, code: 'AccessDenied', message: 'not you' });
  const clients = clientsOf(sandbox.endpoint);
  expect(await askCaller(clients.sts)).toMatchObject({
    arn: null,
    reason: expect.stringContaining('STS could not be asked'),
  });
  // One try only: the fault struck once, and was not outlasted.
  expect(sandbox.requests.entries.filter(({ service }) => service === 'sts').length).toBe(2);
  const wrong = clientsOf(sandbox.endpoint, 'wrong');
  expect(await askCaller(wrong.sts)).toMatchObject({ arn: null });
  const nobody = clientsOf('http://127.0.0.1:1');
  expect(await askCaller(nobody.sts)).toMatchObject({ arn: null, reason: expect.stringContaining('ECONNREFUSED') });
  for (const each of [clients, wrong, nobody]) each.destroy();
});

test('who never answers is not waited for', async () => {
  const server = createServer(() => undefined);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const clients = clientsOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  expect(await askCaller(clients.sts, { timeoutMilliseconds: 100 })).toEqual({
    arn: null,
    reason: 'STS did not answer within 0.1 seconds.',
  });
  clients.destroy();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});
