import { setMaxListeners } from 'node:events';
import { expect, test } from 'vitest';
import { backoff, DEFAULT_TUNING } from '../../src/aws/backoff.ts';
import { createClients } from '../../src/aws/index.ts';
import { linkSignals } from '../../src/aws/link.ts';
import { retrying } from '../../src/aws/retrying.ts';
import { quickTuning } from './tuning.ts';

const base = { region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };

test('each client is made once, when asked for', () => {
  const clients = createClients({ ...base, environment: {} });
  expect(clients.s3).toBe(clients.s3);
  expect(clients.kms).toBe(clients.kms);
  expect(clients.workmail).toBe(clients.workmail);
  clients.destroy();
});

test('making a client leaves the environment as it was', () => {
  const before = { ...process.env };
  createClients({ ...base, environment: {} }).kms.destroy();
  expect(process.env).toEqual(before);
});

test.each([
  [{}, {}, false],
  [{}, { AWS_ENDPOINT_URL: 'http://127.0.0.1:9000' }, true],
  [{}, { AWS_ENDPOINT_URL_S3: 'http://localhost:9000' }, true],
  [{}, { AWS_ENDPOINT_URL_S3: 'http://s3.localhost:9000' }, true],
  [{}, { AWS_ENDPOINT_URL_S3: 'http://[::1]:9000' }, true],
  [{}, { AWS_ENDPOINT_URL: 'http://127.0.0.1', AWS_ENDPOINT_URL_S3: 'https://s3.example.org' }, false],
  [{}, { AWS_ENDPOINT_URL: 'http://127.0.0.1', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, false],
  [{}, { AWS_ENDPOINT_URL: 'nonsense' }, false],
  [{ endpoint: 'http://10.0.0.7:7480' }, {}, true],
  [{ endpoint: 'https://minio.example.org' }, {}, false],
  [{ endpoint: 'https://minio.example.org', pathStyle: true }, {}, true],
  [{ endpoint: 'http://127.0.0.1', pathStyle: false }, {}, false],
])('%j in %j: path style %s', (options, environment, expected) => {
  const clients = createClients({ ...base, ...options, environment });
  expect(clients.s3.config.forcePathStyle ?? false).toBe(expected);
  clients.destroy();
});

test('checksums are ours, not the SDK\u2019s', async () => {
  const clients = createClients({ ...base, environment: {}, attempts: 2 });
  const { requestChecksumCalculation, responseChecksumValidation, maxAttempts } = clients.s3.config;
  expect(await requestChecksumCalculation()).toBe('WHEN_REQUIRED');
  expect(await responseChecksumValidation()).toBe('WHEN_REQUIRED');
  expect(await maxAttempts()).toBe(2);
  clients.destroy();
});

test('pauses double, are bounded, and jitter keeps them apart', () => {
  const at = (failures: number, random: number) => backoff(failures, { ...DEFAULT_TUNING, random: () => random });
  expect([1, 2, 3, 20].map((failures) => at(failures, 0.999_999))).toEqual([200, 400, 800, 20_000]);
  expect([1, 2, 3, 20].map((failures) => at(failures, 0))).toEqual([20, 40, 80, 2_000]);
});

test('only what is temporary is tried again, and an abort ends the pause', async () => {
  const context = { what: 'x', service: 's3' } as const;
  let tries = 0;
  const failing = (code: string) => async () => {
    tries += 1;
    throw Object.assign(new Error(code), { name: code });
  };
  const tuning = { ...DEFAULT_TUNING, ...quickTuning({ attempts: 4 }) };
  await expect(retrying(context, tuning, failing('SlowDown'))).rejects.toMatchObject({ code: 'TEMPORARY' });
  expect(tries).toBe(4);
  await expect(retrying(context, tuning, failing('NoSuchKey'))).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  expect(tries).toBe(5);
  const controller = new AbortController();
  const waiting = retrying(
    { ...context, signal: controller.signal },
    { ...DEFAULT_TUNING, backoffMilliseconds: 60_000 },
    failing('SlowDown'),
  );
  setTimeout(() => controller.abort(), 20);
  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
  await DEFAULT_TUNING.sleep(1);
});

test('linked signals abort with any, and are released', () => {
  const outer = new AbortController();
  // Node warns at the second listener that stays; the suite fails on any warning.
  setMaxListeners(1, outer.signal);
  for (let round = 0; round < 100; round += 1) linkSignals(outer.signal, undefined).release();
  const link = linkSignals(undefined, outer.signal);
  outer.abort('why');
  expect(link.signal.reason).toBe('why');
  expect(linkSignals(outer.signal).signal.aborted).toBe(true);
  const own = linkSignals();
  own.abort('me');
  expect(own.signal.reason).toBe('me');
});
