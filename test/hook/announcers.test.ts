import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Announcement, announceAll } from '../../src/hook/announce.ts';
import { eventBridgeAnnouncer, snsAnnouncer, webhookAnnouncer } from '../../src/hook/announcers.ts';
import { stateMachineHandOver } from '../../src/hook/hand-over.ts';
import type { Signer } from '../../src/hook/post.ts';
import { signedHeaders } from '../../src/hook/signature.ts';

const announcement: Announcement = {
  schemaVersion: 1,
  id: `sha256:${'a'.repeat(64)}`,
  type: 'processed',
  archive: { bucket: 'exports', key: 'a.zip', versionId: null },
  job: null,
  verdict: 'COMPLETE',
  manifest: { location: 's3://exports/a.mailproof/v/manifest.json', digest: `sha256:${'a'.repeat(64)}` },
  counts: { items: 3 },
  failure: null,
};

interface Seen {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let address: string;
let seen: Seen[];
let answers: { status: number; body?: string; location?: string }[];

beforeEach(async () => {
  seen = [];
  answers = [];
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      seen.push({ headers: request.headers, body });
      const { status, body: text = '', location } = answers.shift() ?? { status: 200 };
      response.writeHead(status, location === undefined ? {} : { location }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  address = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const now = Date.UTC(2026, 2, 1, 9, 30);
const signer = async (): Promise<Signer> => ({
  region: 'us-east-1',
  credentials: {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    sessionToken: 'token',
  },
  endpoint: () => address,
  now: () => now,
});

describe('Signature Version 4', () => {
  test('is the one of AWS’s test suite (post-vanilla)', () => {
    const headers = signedHeaders(
      {
        url: new URL('https://example.amazonaws.com/'),
        service: 'service',
        region: 'us-east-1',
        body: '',
        headers: {},
      },
      { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
      Date.UTC(2015, 7, 30, 12, 36),
    );
    expect(headers['authorization']).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    );
  });
});

describe('each way to tell', () => {
  test('SNS: a form with the message and attributes to filter by; a FIFO topic gets its ids', async () => {
    await snsAnnouncer('arn:aws:sns:us-east-1:123456789012:verdicts', signer).announce(announcement);
    await snsAnnouncer('arn:aws:sns:us-east-1:123456789012:verdicts.fifo', signer).announce(announcement);
    const form = new URLSearchParams(seen[0]?.body);
    expect(Object.fromEntries(form)).toMatchObject({
      Action: 'Publish',
      'MessageAttributes.entry.2.Name': 'verdict',
      'MessageAttributes.entry.2.Value.StringValue': 'COMPLETE',
    });
    expect(JSON.parse(form.get('Message') ?? '')).toEqual(announcement);
    expect(form.has('MessageDeduplicationId')).toBe(false);
    expect(new URLSearchParams(seen[1]?.body).get('MessageDeduplicationId')).toBe(announcement.id);
    expect(seen[0]?.headers).toMatchObject({
      'x-amz-security-token': 'token',
      authorization: expect.stringContaining('/sns/'),
    });
  });

  test('EventBridge: one entry; an answer that took none of it is a failure to try again', async () => {
    const announcer = eventBridgeAnnouncer('default', signer);
    await announcer.announce(announcement);
    const { Entries } = JSON.parse(seen[0]?.body ?? '');
    expect(Entries[0]).toMatchObject({ Source: 'mailproof', DetailType: 'Export Processed', EventBusName: 'default' });
    expect(JSON.parse(Entries[0].Detail)).toEqual(announcement);
    answers.push({ status: 200, body: '{"FailedEntryCount": 1, "Entries":[{"ErrorCode":"InternalFailure"}]}' });
    await expect(announcer.announce(announcement)).rejects.toMatchObject({ code: 'TEMPORARY', retryable: true });
  });

  test('webhook: signed over time and body; the delivery’s id is the root’s digest', async () => {
    await webhookAnnouncer(address, 'a secret of enough length', () => now).announce(announcement);
    const { headers, body } = seen[0] ?? { headers: {}, body: '' };
    const expected = createHmac('sha256', 'a secret of enough length')
      .update(`${now / 1000}.${body}`)
      .digest('hex');
    expect(headers['mailproof-signature']).toBe(`t=${now / 1000},v1=${expected}`);
    expect(headers['mailproof-delivery']).toBe(announcement.id);
  });

  test.each(['http://example.com/', 'ftp://example.com', 'x', 'http://127.0.0.1.example.com/'])(
    'webhook: %s is refused',
    (url) => {
      expect(() => webhookAnnouncer(url, 's'.repeat(16), () => now)).toThrow(/https/);
    },
  );

  test('the state machine is started under a name of its input; started already is as good', async () => {
    const handOver = stateMachineHandOver('arn:aws:states:us-east-1:123456789012:stateMachine:fleet', signer);
    const request = {
      source: { bucket: 'exports', key: 'a.zip', versionId: 'v' },
      destination: { bucket: 'exports', prefix: 'a.mailproof/v' },
      job: null,
    };
    answers.push({ status: 200 }, { status: 400, body: '{"__type":"com.amazonaws.states#ExecutionAlreadyExists"}' });
    await handOver(request);
    await handOver(request);
    const [first, second] = seen.map(({ body }) => JSON.parse(body));
    expect(first).toEqual(second);
    expect(first.name).toMatch(/^mailproof-[0-9a-f]{64}$/);
    expect(JSON.parse(first.input)).toEqual(request);
    answers.push({ status: 400, body: '{"__type":"StateMachineDoesNotExist"}' });
    await expect(handOver(request)).rejects.toMatchObject({ code: 'PARAMETER_INVALID' });
  });
});

describe('what goes wrong', () => {
  const announcer = () => webhookAnnouncer(address, 's'.repeat(16), () => now);
  test.each([
    [500, '', 'TEMPORARY'],
    [503, '', 'TEMPORARY'],
    [429, '', 'TEMPORARY'],
    [400, '{"__type":"ThrottlingException"}', 'TEMPORARY'],
    [400, '<Error><Code>Throttling</Code></Error>', 'TEMPORARY'],
    [403, '', 'ACCESS_DENIED'],
    [400, '<Error><Code>AuthorizationError</Code></Error>', 'ACCESS_DENIED'],
    [404, '', 'PARAMETER_INVALID'],
  ])('%i %s is %s', async (status, body, code) => {
    answers.push({ status, body });
    await expect(announcer().announce(announcement)).rejects.toMatchObject({ code, retryable: code === 'TEMPORARY' });
  });

  test('a redirect is not followed', async () => {
    answers.push({ status: 307, location: address });
    await expect(announcer().announce(announcement)).rejects.toMatchObject({ code: 'TEMPORARY' });
    expect(seen).toHaveLength(1);
  });

  test('one that cannot be told does not keep the others from hearing', async () => {
    const refused = { name: 'sns', announce: async () => Promise.reject(new Error('down')) } as const;
    await expect(announceAll([refused, announcer()], announcement)).rejects.toThrow('down');
    expect(seen).toHaveLength(1);
  });
});
