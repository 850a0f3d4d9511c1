import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MESSAGES } from '../wrappings/workshop.ts';
import { writeMbox, writeTar } from '../wrappings/writers.ts';
import { newerNode } from './newer-node.ts';

const tool = spawnSync('zstd', ['--version']).status === 0;
const node = tool ? newerNode() : { path: null, why: 'zstd is not installed' };
if (node.path === null) console.warn(`skipped: ${node.why}`);

interface Told {
  readonly format?: string;
  readonly entries?: number;
  readonly digest?: string;
  readonly findings?: readonly string[];
  readonly balanced?: boolean;
  readonly code?: string;
}

describe.skipIf(node.path === null)('Zstandard, by a Node.js that has it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailproof-test-'));
  const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache');
  const probe = join(cache, 'zstd-probe.mjs');
  let tar: Buffer;
  let plain: Told;
  beforeAll(async () => {
    mkdirSync(cache, { recursive: true });
    buildSync({
      entryPoints: [join(import.meta.dirname, 'zstd-probe.ts')],
      outfile: probe,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      logLevel: 'warning',
    });
    tar = await writeTar(MESSAGES);
    plain = read(write('plain.tar', tar));
    expect(plain).toMatchObject({ format: 'tar', entries: MESSAGES.length, findings: [], balanced: true });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, octets: Uint8Array) => {
    writeFileSync(join(folder, name), octets);
    return join(folder, name);
  };
  function read(path: string): Told {
    const run = spawnSync(node.path ?? '', [probe, path], { encoding: 'utf8', timeout: 60_000 });
    expect(run.stderr).toBe('');
    const told: Told = JSON.parse(run.stdout);
    return told;
  }
  const compressed = (octets: Buffer, ...options: string[]): Buffer => {
    const run = spawnSync('zstd', ['-q', '-c', ...options, write('input', octets)], { maxBuffer: 1 << 28 });
    expect(run.stderr.toString()).toBe('');
    return run.stdout;
  };

  test.each([['-1'], ['-19'], ['--ultra', '-22'], ['--fast=5'], ['-T2', '-B65536'], ['--long=27']])(
    'tar.zst made with %s',
    (...options) => {
      const told = read(write('a.tar.zst', compressed(tar, ...options)));
      expect(told).toEqual({ ...plain, format: 'tar.zst' });
    },
  );

  test('frames one after the other, skippable ones between, zeros behind', () => {
    const skippable = Buffer.from('502a4d18050000006d61696c21', 'hex');
    const middle = Math.floor(tar.length / 2);
    const parts = [skippable, compressed(tar.subarray(0, middle)), skippable, compressed(tar.subarray(middle))];
    expect(read(write('b.tar.zst', Buffer.concat(parts)))).toEqual({ ...plain, format: 'tar.zst' });
    expect(read(write('c.tar.zst', Buffer.concat([...parts, Buffer.alloc(999)])))).toEqual({
      ...plain,
      format: 'tar.zst',
    });
  });

  test('without a checksum it is said that nothing could show an altered octet', () => {
    const told = read(write('d.tar.zst', compressed(tar, '--no-check')));
    expect(told).toEqual({ ...plain, format: 'tar.zst', findings: ['warning archive-unprovable'] });
  });

  test('an mbox in it', () => {
    const told = read(write('e.mbox.zst', compressed(writeMbox(MESSAGES))));
    expect(told).toMatchObject({ format: 'mbox', entries: MESSAGES.length, balanced: true });
  });

  test('cut anywhere, or followed by something: never a silent success', () => {
    const octets = compressed(tar, '-B32768');
    const paths: string[] = [];
    for (let place = 0; place < 60; place += 1)
      paths.push(write(`cut-${place}`, octets.subarray(0, Math.floor(((octets.length - 1) * place) / 59))));
    paths.push(write('trailing', Buffer.concat([octets, Buffer.from('and so on')])));
    const run = spawnSync(node.path ?? '', [probe, ...paths], { encoding: 'utf8', timeout: 120_000 });
    expect(run.stderr).toBe('');
    const lines = run.stdout.trim().split('\n');
    expect(lines).toHaveLength(paths.length);
    for (const [place, line] of lines.entries()) {
      const told: Told = JSON.parse(line);
      if (told.code !== undefined) expect(told.code, paths[place]).toMatch(/ARCHIVE_EMPTY|FORMAT_UNKNOWN/);
      else expect(told.findings?.join(), paths[place]).toMatch(/error archive-(?:truncated|damaged)/);
    }
  });

  test('altered octets: found by the checksum', () => {
    const octets = compressed(tar);
    const paths = Array.from({ length: 40 }, (_, place) => {
      const altered = Buffer.from(octets);
      const at = 40 + Math.floor(((octets.length - 50) * place) / 39);
      altered.writeUInt8(altered.readUInt8(at) ^ 0x10, at);
      return write(`flip-${place}`, altered);
    });
    const run = spawnSync(node.path ?? '', [probe, ...paths], { encoding: 'utf8', timeout: 120_000 });
    expect(run.stderr).toBe('');
    for (const line of run.stdout.trim().split('\n')) {
      const told: Told = JSON.parse(line);
      expect(told.code ?? told.findings?.join()).toMatch(/FORMAT_UNKNOWN|error archive-/);
    }
  });

  test('the fixture the unit tests refuse is read', () => {
    const fixture = join(import.meta.dirname, '..', 'archive', 'zstd-sample.ts');
    const [, base64 = ''] = /'([A-Za-z0-9+/=]{40,})'/.exec(readFileSync(fixture, 'utf8')) ?? [];
    expect(read(write('f.eml.zst', Buffer.from(base64, 'base64')))).toMatchObject({ format: 'single', entries: 1 });
  });
});
