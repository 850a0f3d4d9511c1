import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A running Ceph object gateway: an S3 that is not ours and not Amazon's. */
export interface Radosgw {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** A key its testing KMS knows: objects are really encrypted under it. */
  readonly keyArn: string;
  stop(): Promise<void>;
}

const PROGRAMS = ['ceph-mon', 'ceph-osd', 'ceph', 'monmaptool', 'radosgw', 'radosgw-admin'] as const;
const run = promisify(execFile);

/** Why it cannot be started here, or null. */
export function radosgwMissing(): string | null {
  const missing = PROGRAMS.filter((program) => {
    try {
      execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
  if (missing.length === 0) return null;
  return `${missing.join(', ')} not installed: apt-get install -y --no-install-recommends radosgw ceph-mon ceph-osd ceph-common`;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** One monitor, one store in memory, one gateway, all on loopback and under one private folder; up in about five seconds. */
export async function startRadosgw(): Promise<Radosgw> {
  const folder = mkdtempSync(join(tmpdir(), 'rgw-'));
  for (const name of ['mon', 'osd', 'log']) mkdirSync(join(folder, name));
  const [mon2 = 0, mon1 = 0, gateway = 0] = await freePorts(3);
  const fsid = randomUUID();
  const keyArn = 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555';
  const configuration = join(folder, 'ceph.conf');
  const monitors = `[v2:127.0.0.1:${mon2},v1:127.0.0.1:${mon1}]`;
  writeFileSync(configuration, settings(folder, fsid, monitors, gateway, keyArn));
  writeFileSync(join(folder, 'keyring'), '');
  const conf = ['-c', configuration];
  const children: ChildProcess[] = [];
  const daemon = (program: string, ...parameters: string[]) => {
    const log = openSync(join(folder, 'log', `${program}.out`), 'w');
    children.push(spawn(program, [...conf, ...parameters, '-f'], { stdio: ['ignore', log, log] }));
  };
  const stop = async () => {
    for (const child of children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await run('monmaptool', ['--create', '--addv', 'a', monitors, '--fsid', fsid, '--clobber', join(folder, 'monmap')]);
    await run('ceph-mon', [
      ...conf,
      '--mkfs',
      '-i',
      'a',
      '--monmap',
      join(folder, 'monmap'),
      '--keyring',
      join(folder, 'keyring'),
    ]);
    daemon('ceph-mon', '-i', 'a');
    const store = randomUUID();
    await until('the monitor', () => run('ceph', [...conf, 'osd', 'new', store, '0'], { timeout: 10_000 }));
    await run('ceph-osd', [...conf, '-i', '0', '--mkfs', '--osd-uuid', store]);
    daemon('ceph-osd', '-i', '0');
    await until('the store', async () => {
      const { stdout } = await run('ceph', [...conf, 'osd', 'stat'], { timeout: 10_000 });
      if (!stdout.includes('1 up')) throw new Error(stdout);
    });
    const user = [
      'user',
      'create',
      '--uid',
      'test',
      '--display-name',
      'test',
      '--access-key',
      'test',
      '--secret',
      'test',
    ];
    await run('radosgw-admin', [...conf, '-n', 'client.rgw.a', ...user], { timeout: 120_000 });
    daemon('radosgw', '-n', 'client.rgw.a');
    const endpoint = `http://127.0.0.1:${gateway}`;
    await until('the gateway', async () => {
      await (await fetch(endpoint)).arrayBuffer();
    });
    return { endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, keyArn, stop };
  } catch (error) {
    const logs = ['ceph-mon', 'ceph-osd', 'radosgw'].map((program) => {
      try {
        return `${program}: ${readFileSync(join(folder, 'log', `${program}.out`), 'utf8').slice(-500)}`;
      } catch {
        return `${program}: not started`;
      }
    });
    await stop();
    throw new Error(`radosgw did not start\n${logs.join('\n')}`, { cause: error });
  }
}

async function until(what: string, ready: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    try {
      await ready();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`${what} did not come up`, { cause: error });
      await delay(200);
    }
  }
}

const settings = (folder: string, fsid: string, monitors: string, port: number, keyArn: string) => `[global]
fsid = ${fsid}
mon host = ${monitors}
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
auth supported = none
run dir = ${folder}
log file = ${folder}/log/$name.log
admin socket = ${folder}/$name.asok
pid file = ${folder}/$name.pid
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon allow pool delete = true
mon max pg per osd = 1000
osd crush chooseleaf type = 0
mon warn on pool no redundancy = false
ms bind ipv6 = false
keyring = ${folder}/keyring
[mon]
paxos propose interval = 0.02
paxos min wait = 0.01
mon data = ${folder}/mon
mon data avail crit = 1
[osd]
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 4G
osd memory target = 939524096
enable experimental unrecoverable data corrupting features = *
osd scrub begin hour = 0
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw data = ${folder}
ms mon client mode = crc secure
rgw crypt require ssl = false
rgw crypt s3 kms backend = testing
rgw crypt s3 kms encryption keys = ${keyArn}=${randomBytes(32).toString('base64')}
rgw enable usage log = false
rgw thread pool size = 16
`;
