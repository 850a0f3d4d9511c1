import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AwsClients, createClients } from '../../src/aws/index.ts';

export interface FakeCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface FakeJson extends AwsClients {
  readonly calls: FakeCall[];
  answer: (call: FakeCall) => FakeAnswer;
  stop(): Promise<void>;
}

/** An exception as AWS JSON 1.1 carries one. */
export const exception = (name: string, message = '', status = 400): FakeAnswer => ({
  status,
  body: { __type: `com.amazonaws.workmail#${name}`, message },
});

/** A server of AWS JSON 1.1 (WorkMail and KMS) that answers what a test tells it to. */
export async function startFakeJson(): Promise<FakeJson> {
  const calls: FakeCall[] = [];
  const server = createServer((incoming, response) => {
    const pieces: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => pieces.push(chunk));
    incoming.on('end', () => {
      const call = {
        operation: String(incoming.headers['x-amz-target']).split('.')[1] ?? '',
        input: JSON.parse(Buffer.concat(pieces).toString()),
      };
      calls.push(call);
      const { status = 200, body } = fake.answer(call);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const clients = createClients({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    attempts: 1,
  });
  const fake: FakeJson = {
    calls,
    answer: () => ({ body: {} }),
    s3: clients.s3,
    kms: clients.kms,
    workmail: clients.workmail,
    sts: clients.sts,
    destroy: () => clients.destroy(),
    async stop() {
      clients.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}
