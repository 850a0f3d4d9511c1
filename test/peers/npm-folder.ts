import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type NpmFolder = { readonly folder: string } | { readonly missing: string };

/**
 * Other people's programs from the npm registry, in a temporary folder of their own: no dependency of this package, and
 * kept there for the next run. `missing` says why they cannot be had, to be printed by the test that is skipped for it.
 */
export function npmFolder(name: string, packages: readonly string[], flags: readonly string[] = []): NpmFolder {
  const folder = join(tmpdir(), 'mailproof-peers', name);
  const done = join(folder, 'installed');
  if (existsSync(done)) return { folder };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const parameters = ['install', '--no-audit', '--no-fund', '--loglevel=error', ...flags, ...packages];
  const installed = spawnSync('npm', parameters, { cwd: folder, encoding: 'utf8', timeout: 280_000 });
  if (installed.status === 0) {
    writeFileSync(done, '');
    return { folder };
  }
  const lines = `${installed.stderr ?? ''}`.split('\n').filter((line) => line.startsWith('npm error'));
  return { missing: `npm install ${packages.join(' ')}: ${lines.slice(-3).join(' ') || 'failed'}` };
}
