import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The path of a Node.js 24: `MAILPROOF_NODE24`, this one where it is newer, or npm's package; null where none is to be had. */
export function newerNode(): { readonly path: string | null; readonly why: string } {
  const works = (path: string) => {
    const asked = spawnSync(path, ['--version'], { encoding: 'utf8' });
    return asked.status === 0 && Number(/^v(\d+)/.exec(asked.stdout)?.[1] ?? 0) >= 24;
  };
  const given = process.env['MAILPROOF_NODE24'];
  for (const path of [given, process.execPath]) if (path !== undefined && works(path)) return { path, why: '' };
  const folder = mkdtempSync(join(tmpdir(), 'mailproof-node24-'));
  const options = { cwd: folder, encoding: 'utf8', timeout: 240_000 } as const;
  spawnSync('npm', ['init', '-y'], options);
  spawnSync('npm', ['install', 'node@24', '--no-audit', '--no-fund', '--foreground-scripts'], options);
  const path = join(folder, 'node_modules', '.bin', 'node');
  return works(path) ? { path, why: '' } : { path: null, why: 'npm gave no node@24' };
}
