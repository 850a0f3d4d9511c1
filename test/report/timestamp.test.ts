import { execFileSync } from 'node:child_process';
import { hash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestTimestamp } from '../../src/io/timestamp-authority.ts';
import { type TimestampResult, timestampRequest, verifyTimestamp } from '../../src/report/timestamp.ts';

function opensslPresent(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const present = opensslPresent();
if (!present) console.warn('skipped: openssl is not installed');

const OCTETS = Buffer.from('{"schemaVersion":1}\n');
const DIGEST = hash('sha256', OCTETS, 'hex');

const CONFIGURATION = `[ca]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[tsa]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping
[server]
basicConstraints=critical,CA:FALSE
extendedKeyUsage=critical,serverAuth,timeStamping
[tsa_settings]
dir=.
serial=FOLDER/serial
default_policy=1.2.3.4.1
digests=sha256,sha384
accuracy=secs:1
ess_cert_id_chain=no
ess_cert_id_alg=ALGORITHM
signer_digest=sha256
`;

/** An authority of openssl's making, on loopback. */
class Authority {
  readonly folder = mkdtempSync(join(tmpdir(), 'tsa-'));
  server: Server | null = null;
  url = '';

  file(name: string): string {
    return join(this.folder, name);
  }

  openssl(...parameters: string[]): void {
    execFileSync('openssl', parameters, { cwd: this.folder, stdio: 'ignore' });
  }

  certificate(name: string, issuer: string | null, section: string): void {
    const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`, '-subj', `/O=Example/CN=${name}`];
    const extensions = ['-config', 'openssl.cnf', '-extensions', section];
    writeFileSync(this.file('openssl.cnf'), `[req]\ndistinguished_name=dn\n[dn]\n${CONFIGURATION}`);
    const signed = issuer === null ? [] : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`];
    this.openssl('req', '-x509', '-days', '30', ...key, ...extensions, ...signed, '-out', `${name}.pem`);
  }

  reply(request: Uint8Array, signer = 'tsa', algorithm = 'sha256'): Buffer {
    const settings = CONFIGURATION.replaceAll('FOLDER', this.folder).replace('ALGORITHM', algorithm);
    writeFileSync(
      this.file('ts.cnf'),
      `[tsa]\ndefault_tsa=tsa_settings\n${settings.slice(settings.indexOf('[tsa_settings]'))}`,
    );
    writeFileSync(this.file('request.tsq'), request);
    if (!existsSync(this.file('serial'))) writeFileSync(this.file('serial'), '01\n');
    const keys = ['-signer', `${signer}.pem`, '-inkey', `${signer}.key`];
    this.openssl('ts', '-reply', '-config', 'ts.cnf', '-queryfile', 'request.tsq', ...keys, '-out', 'reply.tsr');
    return readFileSync(this.file('reply.tsr'));
  }

  async serve(): Promise<void> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (request.headers['content-type'] !== 'application/timestamp-query') response.writeHead(415).end();
        else if (request.url === '/busy') response.writeHead(503).end();
        else
          response
            .writeHead(200, { 'content-type': 'application/timestamp-reply' })
            .end(this.reply(Buffer.concat(chunks)));
      });
    });
    await new Promise<void>((done) => this.server?.listen(0, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}

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
