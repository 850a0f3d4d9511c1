import { createServer, type Server } from 'node:http';
import { CreateBucketCommand, PutBucketNotificationConfigurationCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AwsClients, createClients } from '../../src/aws/index.ts';
import { type HookContext, jsonLog, makeHandler } from '../../src/hook/index.ts';
import { readSettings } from '../../src/hook/settings.ts';
import { signedHeaders } from '../../src/hook/signature.ts';
import { systemClock } from '../../src/io/index.ts';
import { inlinePool } from '../../src/pipeline/index.ts';
import { archiveOf } from '../fleet/mailbox.ts';
import { type Radosgw, radosgwMissing, startRadosgw } from './radosgw/start.ts';

const missing = radosgwMissing();
if (missing !== null) console.warn(`skipped, radosgw: ${missing}`);

const context: HookContext = { awsRequestId: 'r', getRemainingTimeInMillis: () => 300_000 };

describe.skipIf(missing !== null)('events pushed by Ceph radosgw', () => {
  let gateway: Radosgw;
  let clients: AwsClients;
  let receiver: Server;
  let events: unknown[];
  let arrived: () => void = () => undefined;

  beforeAll(async () => {
    gateway = await startRadosgw();
    clients = createClients({ endpoint: gateway.endpoint, region: 'us-east-1', credentials: gateway.credentials });
    events = [];
    receiver = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => {
        events.push(JSON.parse(body));
        response.end();
        arrived();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const bound = receiver.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    await clients.s3.send(new CreateBucketCommand({ Bucket: 'exports' }));
    const topic = await createTopic(gateway, `http://127.0.0.1:${port}/`);
    await clients.s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: 'exports',
        NotificationConfiguration: {
          TopicConfigurations: [{ Id: 'hook', TopicArn: topic, Events: ['s3:ObjectCreated:*'] }],
        },
      }),
    );
  });
  afterAll(async () => {
    clients?.destroy();
    await new Promise((resolve) => receiver?.close(resolve));
    await gateway?.stop();
  });

  const next = async (act: () => Promise<unknown>): Promise<unknown> => {
    const one = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await act();
    await one;
    return events.at(-1);
  };

  test('a real event leads to the manifest; what the hook writes wakes it for nothing', async () => {
    const Key = 'mail/Zoë Ünal +1%20.zip';
    const Body = await archiveOf(50);
    const event = await next(() => clients.s3.send(new PutObjectCommand({ Bucket: 'exports', Key, Body })));
    const handler = makeHandler(
      {
        clients,
        clock: systemClock,
        settings: readSettings({}),
        makePool: inlinePool,
        announcers: [],
        handOver: null,
      },
      jsonLog(() => undefined),
    );
    const before = events.length;
    expect(await handler(event, context)).toMatchObject({ outcomes: [{ state: 'processed' }], ignored: 0 });
    expect(events.length).toBeGreaterThan(before);
    for (const own of events.slice(before)) {
      expect(await handler(own, context)).toMatchObject({ outcomes: [], ignored: 1 });
    }
    expect(await handler(event, context)).toMatchObject({ outcomes: [{ state: 'known' }] });
  });
});

/** radosgw takes SNS's CreateTopic at its own endpoint, signed for S3. */
async function createTopic(gateway: Radosgw, push: string): Promise<string> {
  const body = new URLSearchParams({
    Action: 'CreateTopic',
    Name: 'hook',
    'Attributes.entry.1.key': 'push-endpoint',
    'Attributes.entry.1.value': push,
  }).toString();
  const url = new URL(`${gateway.endpoint}/`);
  const headers = signedHeaders(
    {
      url,
      service: 's3',
      region: 'us-east-1',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    gateway.credentials,
    Date.now(),
  );
  const answer = await fetch(url, { method: 'POST', body, headers });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return /<TopicArn>([^<]+)<\/TopicArn>/.exec(text)?.[1] ?? '';
}
