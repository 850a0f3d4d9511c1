import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');
const PURE = ['model', 'mime', 'calendar', 'archive', 'decrypt', 'identity', 'manifest'];

/** Which rooms a room may import. `aws` and `io` implement the model's ports; nobody imports cli. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  model: [],
  mime: ['model'],
  calendar: ['model'],
  archive: ['model'],
  decrypt: ['model'],
  identity: ['model'],
  manifest: ['model', 'identity'],
  verify: [...PURE],
  produce: [...PURE],
  search: [...PURE],
  report: [...PURE, 'verify'],
  pipeline: [...PURE, 'verify', 'report', 'produce', 'search'],
  aws: ['model'],
  io: ['model'],
  sandbox: [...PURE, 'aws', 'io'],
  fleet: [...PURE, 'pipeline', 'verify', 'report', 'aws', 'io'],
  hook: [...PURE, 'pipeline', 'verify', 'report', 'aws', 'io', 'fleet'],
  bench: [...PURE, 'pipeline', 'aws', 'io', 'sandbox'],
  cli: [...PURE, 'pipeline', 'verify', 'produce', 'search', 'report', 'aws', 'io', 'sandbox', 'fleet', 'hook'],
  index: ['model', 'mime', 'calendar', 'archive', 'decrypt', 'identity', 'manifest'],
};
/** The world, forbidden to pure rooms. `node:zlib`, `node:crypto` and `node:buffer` compute and touch nothing. */
const WORLD =
  /^(node:(fs|net|http|https|os|child_process|worker_threads|dns|tls|process|readline|timers|perf_hooks)|@aws-sdk\/|@smithy\/)/;
const CLOCK =
  /\b(process\.|Date\.now\(|new Date\(\)|Date\.parse\(|Math\.random\(|randomUUID\(|randomBytes\(|performance\.now\(|console\.)/;

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(SRC, name), 'utf8') }));
const room = (name: string) => (name.includes('/') ? (name.split('/')[0] ?? '') : name.replace(/\.ts$/, ''));
const imports = (text: string) =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

test.each(files)('$name keeps to its room', ({ name, text }) => {
  const from = room(name);
  const allowed = MAY_IMPORT[from];
  expect(allowed, `${from} is a room the plan knows`).toBeDefined();
  for (const specifier of imports(text)) {
    if (!specifier.startsWith('.')) {
      if (PURE.includes(from)) expect(specifier).not.toMatch(WORLD);
      continue;
    }
    const target = room(relative(SRC, resolve(SRC, dirname(name), specifier)));
    if (target !== from) expect(allowed, `${name} imports ${target}`).toContain(target);
  }
  if (PURE.includes(from)) expect(code(text)).not.toMatch(CLOCK);
  if (from !== 'cli' && from !== 'bench') expect(code(text)).not.toMatch(/process\.exit|console\.log/);
});

test('no file is named after nothing', () => {
  const vague = /(util|helper|misc|common|manager|service)/i;
  expect(files.map((file) => file.name).filter((name) => vague.test(name))).toEqual([]);
});
