import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A running Dovecot: an IMAP server that is not ours. Any user, one password. */
export interface Dovecot {
  readonly port: number;
  readonly tlsPort: number;
  readonly password: string;
  /** The certificate's authority: itself. PEM. */
  readonly authority: string;
  /** The Maildir of a user; folders are subfolders named in UTF-8. */
  maildir(user: string): string;
  /** What was delivered into a Maildir is readable for the server only after this. */
  give(): void;
  /** How often anybody logged in. */
  logins(): number;
  /** Cuts every connection, as a server under load does. */
  drop(): void;
  stop(): Promise<void>;
}

/** Why it cannot be started here, or null. */
export function dovecotMissing(): string | null {
  try {
    execFileSync('sh', ['-c', 'command -v dovecot && command -v openssl && test "$(id -u)" = 0'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'dovecot or openssl not installed, or not root: apt-get install -y --no-install-recommends dovecot-imapd openssl';
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

const PASSWORD = 'secret';

function settings(folder: string, port: number, tlsPort: number): string {
  const nobody = (flag: string) => execFileSync('id', [flag, 'nobody']).toString().trim();
  const [uid, gid] = [nobody('-u'), nobody('-g')];
  return `base_dir = ${folder}/base
state_dir = ${folder}/state
instance_name = mailproof-test
log_path = ${folder}/log/dovecot.log
protocols = imap
listen = 127.0.0.1
disable_plaintext_auth = no
auth_mechanisms = plain login
ssl = yes
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
mail_location = maildir:${folder}/mail/%u:LAYOUT=fs:UTF-8
first_valid_uid = 0
first_valid_gid = 0
mail_uid = ${uid}
mail_gid = ${gid}
default_login_user = nobody
default_internal_user = nobody
default_internal_group = nogroup
mail_max_userip_connections = 50
passdb {
  driver = static
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/mail/%u
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tlsPort}
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`;
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const open = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1', () => done(true));
      socket.on('error', () => done(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return;
    await delay(100);
  }
  throw new Error(`dovecot does not listen on ${port}`);
}

/** No PAM and no system users, all on loopback and under one private folder; up in a second. */
export async function startDovecot(): Promise<Dovecot> {
  const folder = mkdtempSync(join(tmpdir(), 'dovecot-'));
  chmodSync(folder, 0o755);
  for (const name of ['base', 'state', 'mail', 'log']) mkdirSync(join(folder, name));
  const certificate = join(folder, 'cert.pem');
  const key = ['-keyout', join(folder, 'key.pem'), '-out', certificate];
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '30',
      '-subj',
      '/CN=localhost',
      '-addext',
      names,
      ...key,
    ],
    { stdio: 'ignore' },
  );
  const [port = 0, tlsPort = 0] = await freePorts(2);
  const configuration = join(folder, 'dovecot.conf');
  writeFileSync(configuration, settings(folder, port, tlsPort));
  const give = () => void execFileSync('chown', ['-R', 'nobody:nogroup', join(folder, 'mail')]);
  give();
  const log = openSync(join(folder, 'log', 'out'), 'w');
  const server = spawn('dovecot', ['-F', '-c', configuration], { stdio: ['ignore', log, log] });
  const ended = new Promise<void>((done) => server.on('exit', () => done()));
  await listening(port);
  return {
    port,
    tlsPort,
    password: PASSWORD,
    authority: readFileSync(certificate, 'utf8'),
    maildir: (user) => join(folder, 'mail', user),
    give,
    logins: () =>
      readFileSync(join(folder, 'log', 'dovecot.log'), 'utf8').match(/imap-login: (Info: )?Login: /g)?.length ?? 0,
    drop: () => void execFileSync('doveadm', ['-c', configuration, 'kick', '*'], { stdio: 'ignore' }),
    async stop() {
      server.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
