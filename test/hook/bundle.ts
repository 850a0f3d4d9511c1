import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '../..');

const packageSchema = z.object({ scripts: z.object({ bundle: z.string() }) });

export interface Bundle {
  readonly folder: string;
  /** Octets of each file. */
  readonly files: ReadonlyMap<string, number>;
  readonly text: (name: string) => string;
  remove(): void;
}

/** Bundles as `npm run bundle` does, into a folder of its own below the checkout, where the SDK is found. */
export function makeBundle(): Bundle {
  const { scripts } = packageSchema.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  // Not below dist, which a build may empty while this is used.
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const own = mkdtempSync(join(cache, 'bundle-'));
  // As `npm run bundle` names it: below the checkout the name alone says that this is no part of the package.
  const folder = join(own, 'lambda');
  const command = scripts.bundle.replace(/--outdir=\S+/, `--outdir=${folder}`);
  const PATH = `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`;
  execFileSync('sh', ['-c', `${command} --log-level=error`], {
    cwd: ROOT,
    env: { ...process.env, PATH },
    stdio: 'pipe',
  });
  const names = readdirSync(folder);
  return {
    folder,
    files: new Map(names.map((name) => [name, statSync(join(folder, name)).size])),
    text: (name) => readFileSync(join(folder, name), 'utf8'),
    remove: () => rmSync(own, { recursive: true, force: true }),
  };
}
