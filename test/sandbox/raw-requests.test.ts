import { readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { sha256Hex } from '../../src/sandbox/signature/canonical.ts';
import { gather, noise, refusal, s3Client } from './clients.ts';
import { raw, signature } from './raw-request.ts';

let sandbox: Sandbox;
let s3: S3Client;
let Bucket: string;
const BODY = noise(2_000_000);
beforeEach(async () => {
  sandbox = await startSandbox();
  s3 = s3Client(sandbox);
  Bucket = sandbox.bucket;
  await sandbox.put({ key: 'k', body: BODY, kmsKeyArn: sandbox.keyArn });
});
afterEach(async () => {
  s3.destroy();
  await sandbox.close();
});

describe('requests of other clients', () => {
  test.each([
    ['a body without length', 'PUT', {}, ['x'], 501, 'NotImplemented'],
    ['no body, no length', 'PUT', { 'content-length': 'x' }, [], 400, ''],
    [
      'a payload that is not the one signed',
      'PUT',
      { 'content-length': '1', 'x-amz-content-sha256': sha256Hex('y') },
      ['x'],
      400,
      'XAmzContentSHA256Mismatch',
    ],
    ['more than 5 GiB', 'PUT', { 'content-length': String(5 * 1024 ** 3 + 1) }, [], 400, 'EntityTooLarge'],
    [
      'an aws-chunked body without its length',
      'PUT',
      { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' },
      ['0\r\n\r\n'],
      411,
      'MissingContentLength',
    ],
    [
      'an aws-chunked body of another length',
      'PUT',
      { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'x-amz-decoded-content-length': '2' },
      ['1\r\nx\r\n0\r\n\r\n'],
      400,
      'IncompleteBody',
    ],
    [
      'a trailer that does not come',
      'PUT',
      {
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length': '1',
        'x-amz-trailer': 'x-amz-checksum-crc32',
      },
      ['1\r\nx\r\n0\r\n\r\n'],
      400,
      'InvalidRequest',
    ],
    [
      'a trailer nobody knows',
      'PUT',
      {
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length': '1',
        'x-amz-trailer': 'x-mine',
      },
      ['1\r\nx\r\n0\r\n\r\n'],
      400,
      'InvalidRequest',
    ],
    [
      'two checksums',
      'PUT',
      { 'content-length': '1', 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-sha1': 'AAAA' },
      ['x'],
      400,
      'InvalidRequest',
    ],
    [
      'a customer key of another length',
      'PUT',
      {
        'content-length': '1',
        'x-amz-server-side-encryption-customer-algorithm': 'AES256',
        'x-amz-server-side-encryption-customer-key': 'AAAA',
      },
      ['x'],
      400,
      'InvalidArgument',
    ],
    ['a method there is none of', 'PATCH', {}, [], 405, 'MethodNotAllowed'],
  ] as const)('%s', async (_, method, headers, body, status, code) => {
    const answer = await raw(sandbox, method, `/${Bucket}/raw`, { ...headers }, body);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(code);
  });

  test.each([
    ['POST', '/', 405, 'MethodNotAllowed'],
    ['GET', '/%zz', 400, 'InvalidURI'],
    ['POST', `/workmail-exports?delete=`, 400, 'Content-MD5'],
    ['GET', '/workmail-exports?versions=', 200, 'ListVersionsResult'],
  ])('%s %s', async (method, path, status, text) => {
    const answer = await raw(sandbox, method, path);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(text)]);
  });

  test('a client that asks before it sends is spared the upload that would be refused', async () => {
    const put = (more: Record<string, string>) =>
      raw(sandbox, 'PUT', `/${Bucket}/k`, { expect: '100-continue', 'content-length': '3', ...more }, ['new']);
    expect(await put({ 'if-none-match': '*' })).toMatchObject({ status: 412, continued: false });
    expect(await put({})).toMatchObject({ status: 200, continued: true });
    expect((await gather(sandbox.get('k'))).toString()).toBe('new');
  });

  test.each([
    'workmail-exports.localhost',
    'workmail-exports.s3.amazonaws.com',
    'workmail-exports.s3.us-east-1.amazonaws.com',
  ])('the bucket in the Host: %s', async (host) => {
    expect((await raw(sandbox, 'GET', '/k?partNumber=1', { host })).text.length).toBeGreaterThan(1_000_000);
  });

  test('GetCallerIdentity', async () => {
    const body = 'Action=GetCallerIdentity&Version=2011-06-15';
    const headers = {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'content-length': String(body.length),
      'x-amz-content-sha256': sha256Hex(body),
    };
    const answer = await raw(sandbox, 'POST', '/', headers, [body]);
    expect(answer.text).toContain('<Arn>arn:aws:iam::123456789012:user/sandbox</Arn>');
    expect((await raw(sandbox, 'POST', '/', headers, [body], false)).status).toBe(403);
  });

  test('JSON that is none, and a body without end', async () => {
    const target = { 'x-amz-target': 'TrentService.ListKeys' };
    expect((await raw(sandbox, 'POST', '/', target, ['{}'], false)).text).toContain('MissingAuthenticationToken');
    expect(
      (
        await raw(
          sandbox,
          'POST',
          '/',
          target,
          Array.from({ length: 20 }, () => Buffer.alloc(100_000)),
          false,
        )
      ).status,
    ).toBe(413);
  });

  test('an upload that breaks off leaves neither object nor file', async () => {
    const before = readdirSync(sandbox.directory).length;
    const path = `/${Bucket}/broken`;
    const headers = { host: `127.0.0.1:${sandbox.port}`, 'content-length': '1000000' };
    await new Promise<void>((resolve) => {
      const out = httpRequest({
        host: '127.0.0.1',
        port: sandbox.port,
        method: 'PUT',
        path,
        headers: { ...headers, ...signature(sandbox, 'PUT', path, headers, 's3') },
      });
      out.on('error', () => resolve());
      out.write(noise(300_000));
      setTimeout(() => out.destroy(new Error('gone')), 50);
    });
    await expect.poll(() => readdirSync(sandbox.directory).length).toBe(before);
    expect(await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: 'broken' })))).toBe('NotFound/404');
  });
});
