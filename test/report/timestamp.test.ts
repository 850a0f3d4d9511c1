import { execFileSync } from 'node:child_process';
import { hash, randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestTimestamp } from '../../src/io/timestamp-authority.ts';
import { type TimestampResult, timestampRequest, verifyTimestamp } from '../../src/report/timestamp.ts';
import { Authority, present } from './authority.ts';

const OCTETS = Buffer.from('{"schemaVersion":1}\n');
const DIGEST = hash('sha256', OCTETS, 'hex');

const reasonOf = (result: TimestampResult): string => (result.valid ? 'valid' : result.reason);

test.each([
  ['00'.repeat(8), '020100'],
  ['0000000000000001', '020101'],
  ['8000000000000000', '0209008000000000000000'],
  ['7f00000000000000', '02087f00000000000000'],
])('the nonce %s is the integer %s', (nonce, integer) => {
  const request = Buffer.from(timestampRequest({ sha256: DIGEST, nonce: Buffer.from(nonce, 'hex') })).toString('hex');
  expect(request.endsWith(`${integer}0101ff`)).toBe(true);
});

test('a digest that is none makes no request', () => {
  expect(() => timestampRequest({ sha256: 'abc', nonce: randomBytes(8) })).toThrow(RangeError);
});

describe.skipIf(!present)('an authority made with openssl', () => {
  const authority = new Authority();
  const nonce = Buffer.from('90f1e2d3c4b5a697', 'hex');
  const request = timestampRequest({ sha256: DIGEST, nonce });
  let authorities: string[];
  let response: Uint8Array;
  beforeAll(async () => {
    authority.certificate('ca', null, 'ca');
    authority.certificate('other', null, 'ca');
    authority.certificate('tsa', 'ca', 'tsa');
    authority.certificate('server', 'ca', 'server');
    await authority.serve();
    authorities = [readFileSync(authority.file('ca.pem'), 'utf8')];
    response = await requestTimestamp(authority.url, request);
  });
  afterAll(async () => {
    await new Promise((done) => authority.server?.close(done));
    rmSync(authority.folder, { recursive: true, force: true });
  });

  test('openssl reads the request', () => {
    writeFileSync(authority.file('ours.tsq'), request);
    const text = execFileSync('openssl', ['ts', '-query', '-in', authority.file('ours.tsq'), '-text']).toString();
    expect(text).toContain('Hash Algorithm: sha256');
    expect(text).toContain('Certificate required: yes');
    expect(text).toContain('Nonce: 0x90F1E2D3C4B5A697');
  });

  test('its stamp is verified offline, by us and by openssl', async () => {
    const result = await verifyTimestamp({ response, octets: OCTETS, authorities, nonce });
    expect(result).toMatchObject({ valid: true, stamp: { policy: '1.2.3.4.1' } });
    if (result.valid) {
      expect(result.stamp.authority).toContain('CN=tsa');
      expect(result.stamp.time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(result.stamp.serial).toMatch(/^[0-9a-f]+$/);
    }
    writeFileSync(authority.file('a.tsr'), response);
    writeFileSync(authority.file('manifest.json'), OCTETS);
    const files = ['-data', 'manifest.json', '-in', 'a.tsr', '-CAfile', 'ca.pem'];
    expect(
      execFileSync('openssl', ['ts', '-verify', ...files], { cwd: authority.folder, stdio: 'pipe' }).toString(),
    ).toContain('OK');
  });

  test('one that names its certificate by SHA-1, as the first form did, is verified too', async () => {
    const old = authority.reply(request, 'tsa', 'sha1');
    expect(await verifyTimestamp({ response: old, octets: OCTETS, authorities })).toMatchObject({ valid: true });
  });

  test('other octets, another nonce, another root and no root are refused', async () => {
    const given = { response, octets: OCTETS, authorities, nonce };
    expect(reasonOf(await verifyTimestamp({ ...given, octets: Buffer.from('other') }))).toContain('not of');
    expect(reasonOf(await verifyTimestamp({ ...given, nonce: Buffer.alloc(8, 1) }))).toContain('nonce');
    const other = [readFileSync(authority.file('other.pem'), 'utf8')];
    expect(reasonOf(await verifyTimestamp({ ...given, authorities: other }))).toContain('cannot be verified');
    expect(reasonOf(await verifyTimestamp({ ...given, authorities: [] }))).toContain('no trusted certificate');
  });

  test('an authority that may name no other one has not named one', async () => {
    authority.certificate('last', 'ca', 'last');
    authority.certificate('named', 'last', 'tsa');
    authority.certificate('beyond', 'last', 'ca');
    authority.certificate('stranger', 'beyond', 'tsa');
    const named = authority.reply(request, 'named', 'sha256', ['last']);
    expect(await verifyTimestamp({ response: named, octets: OCTETS, authorities })).toMatchObject({ valid: true });
    const stranger = authority.reply(request, 'stranger', 'sha256', ['beyond', 'last']);
    const refused = await verifyTimestamp({ response: stranger, octets: OCTETS, authorities });
    expect(reasonOf(refused)).toContain('no right to name another');
  });

  test('an authority that refuses is said to refuse', async () => {
    const rejected = authority.reply(
      timestampRequest({ sha256: DIGEST, nonce }).map((octet, at) => (at === 19 ? 9 : octet)),
    );
    expect(reasonOf(await verifyTimestamp({ response: rejected, octets: OCTETS, authorities }))).toContain(
      'did not grant',
    );
  });

  test('no octet of a stamp can be altered without notice, nor can it be cut', async () => {
    const verdicts = { altered: 0, cut: 0 };
    for (let at = 0; at < response.length; at += 11) {
      const altered = Uint8Array.from(response);
      altered[at] = (altered[at] ?? 0) ^ 0x01;
      const result = await verifyTimestamp({ response: altered, octets: OCTETS, authorities, nonce });
      const whole = await verifyTimestamp({ response, octets: OCTETS, authorities, nonce });
      // What is not signed (unneeded encodings) may change; what the stamp says may not.
      if (result.valid) expect(result).toEqual(whole);
      else verdicts.altered++;
      const cut = await verifyTimestamp({ response: response.subarray(0, at), octets: OCTETS, authorities });
      if (!cut.valid) verdicts.cut++;
    }
    const tried = Math.ceil(response.length / 11);
    expect(verdicts.cut).toBe(tried);
    expect(verdicts.altered).toBeGreaterThan(tried * 0.9);
  });

  test('failures on the way are run errors', async () => {
    await expect(requestTimestamp(`${authority.url}/busy`, request)).rejects.toMatchObject({ code: 'TEMPORARY' });
    await expect(requestTimestamp('http://127.0.0.1:1/', request)).rejects.toMatchObject({ code: 'TEMPORARY' });
    const cancelled = AbortSignal.abort();
    await expect(requestTimestamp(authority.url, request, { signal: cancelled })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});
