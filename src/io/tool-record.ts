import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A package the tool loads while it runs. */
export interface DependencyRecord {
  readonly name: string;
  readonly version: string;
  /** What the package manager's lock says of the package's tarball (`sha512-…`); null where there is no lock. */
  readonly integrity: string | null;
  /** Of its `package.json` as installed. */
  readonly packageJson: `sha256:${string}`;
}

/** What exactly ran. */
export interface ToolRecord {
  /** SHA-256 of the lines `<sha256>  <path>`, sorted: what `sha256sum` prints of the same files. */
  readonly digest: `sha256:${string}`;
  /** The folder the paths are relative to, by its name, and what was listed of it. */
  readonly listed: string;
  readonly files: number;
  /** Null where they are bundled into the tool's own files, or come with the runtime (AWS Lambda). */
  readonly dependencies: readonly DependencyRecord[] | null;
}

const sha256 = (octets: Uint8Array | string): string => createHash('sha256').update(octets).digest('hex');

/** Another form of the tool, built beside it: it is not what runs. */
const BUNDLES = 'lambda';

let recorded: Promise<ToolRecord> | null = null;

/** Digests of the tool's own files and its dependencies. Read once a process: what runs does not change. */
export function toolRecord(): Promise<ToolRecord> {
  recorded ??= readToolRecord(fileURLToPath(import.meta.url));
  return recorded;
}

/** @param self a file of the tool */
export async function readToolRecord(self: string): Promise<ToolRecord> {
  const found = await packageOf(dirname(self));
  if (found === null) return { ...(await digestOf(dirname(self))), listed: '*.mjs', dependencies: null };
  const { folder, manifest } = found;
  // `dist` as installed, `src` in a checkout.
  const top = self.slice(folder.length + 1).split(sep)[0] ?? '';
  const own = await digestOf(join(folder, top), top);
  return {
    ...own,
    listed: `${top}/**`,
    dependencies: await dependenciesOf(folder, Object.keys(manifest.dependencies)),
  };
}

interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, unknown>>;
}

async function packageFile(path: string): Promise<{ octets: Buffer; manifest: PackageFile } | null> {
  const octets = await readFile(path).catch(() => null);
  if (octets === null) return null;
  const parsed: unknown = JSON.parse(octets.toString());
  const field = (name: string): unknown =>
    typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, name) : undefined;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const dependencies = field('dependencies');
  return {
    octets,
    manifest: {
      name: text(field('name')),
      version: text(field('version')),
      dependencies: typeof dependencies === 'object' && dependencies !== null ? { ...dependencies } : {},
    },
  };
}

/** The package a folder belongs to; null for a bundle, which lies in no package of this name. */
async function packageOf(start: string): Promise<{ folder: string; manifest: PackageFile } | null> {
  for (let folder = start; ; folder = dirname(folder)) {
    if (folder.endsWith(`${sep}${BUNDLES}`)) return null;
    const file = await packageFile(join(folder, 'package.json'));
    if (file?.manifest.name === 'mailproof') return { folder, manifest: file.manifest };
    if (dirname(folder) === folder) return null;
  }
}

/** Code and data the tool runs on: compiled or not, but no declarations, maps or other forms of it. */
const RUNS = /(?<!\.d)\.(?:js|mjs|ts|json)$/;

async function digestOf(folder: string, prefix = ''): Promise<{ digest: `sha256:${string}`; files: number }> {
  const names = (await readdir(folder, { recursive: true }))
    .map((name) => name.split(sep).join('/'))
    .filter((name) => RUNS.test(name) && !name.startsWith(`${BUNDLES}/`));
  const paths = names.map((name) => (prefix === '' ? name : `${prefix}/${name}`)).sort();
  const lines = await Promise.all(
    paths.map(
      async (path) =>
        `${sha256(await readFile(join(folder, path.slice(prefix === '' ? 0 : prefix.length + 1))))}  ${path}\n`,
    ),
  );
  return { digest: `sha256:${sha256(lines.join(''))}`, files: paths.length };
}

/** As Node finds packages: in the `node_modules` of this folder and of each above it. */
async function dependenciesOf(folder: string, names: readonly string[]): Promise<DependencyRecord[]> {
  const locks = new Map<string, Promise<Readonly<Record<string, unknown>>>>();
  const records = await Promise.all(
    [...names].sort().map(async (name): Promise<DependencyRecord | null> => {
      for (let at = folder; ; at = dirname(at)) {
        const modules = join(at, 'node_modules');
        const file = await packageFile(join(modules, name, 'package.json'));
        if (file !== null) {
          if (!locks.has(modules)) locks.set(modules, lockedPackages(modules));
          const locked = (await locks.get(modules))?.[`node_modules/${name}`];
          const { version } = file.manifest;
          return {
            name,
            version,
            integrity: integrityOf(locked, version),
            packageJson: `sha256:${sha256(file.octets)}`,
          };
        }
        if (dirname(at) === at) return null;
      }
    }),
  );
  return records.filter((record) => record !== null);
}

/** npm's own account of what it installed there. */
async function lockedPackages(modules: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(join(modules, '.package-lock.json'), 'utf8').catch(() => '{}');
  const parsed: unknown = JSON.parse(text);
  const packages: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'packages') : null;
  return typeof packages === 'object' && packages !== null ? { ...packages } : {};
}

/** Of the version that is installed only: a lock may be older than what lies there. */
function integrityOf(locked: unknown, version: string): string | null {
  if (typeof locked !== 'object' || locked === null || Reflect.get(locked, 'version') !== version) return null;
  const integrity: unknown = Reflect.get(locked, 'integrity');
  return typeof integrity === 'string' ? integrity : null;
}
