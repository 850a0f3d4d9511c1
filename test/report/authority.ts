import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function opensslPresent(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
export const present = opensslPresent();
if (!present) console.warn('skipped: openssl is not installed');

const CONFIGURATION = `[ca]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[last]
basicConstraints=critical,CA:TRUE,pathlen:0
keyUsage=critical,keyCertSign
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
export class Authority {
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

  reply(request: Uint8Array, signer = 'tsa', algorithm = 'sha256', chain: readonly string[] = []): Buffer {
    const settings = CONFIGURATION.replaceAll('FOLDER', this.folder).replace('ALGORITHM', algorithm);
    writeFileSync(
      this.file('ts.cnf'),
      `[tsa]\ndefault_tsa=tsa_settings\n${settings.slice(settings.indexOf('[tsa_settings]'))}`,
    );
    writeFileSync(this.file('request.tsq'), request);
    if (!existsSync(this.file('serial'))) writeFileSync(this.file('serial'), '01\n');
    const keys = ['-signer', `${signer}.pem`, '-inkey', `${signer}.key`];
    if (chain.length > 0) {
      writeFileSync(
        this.file('chain.pem'),
        chain.map((name) => readFileSync(this.file(`${name}.pem`), 'utf8')).join(''),
      );
      keys.push('-chain', 'chain.pem');
    }
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
