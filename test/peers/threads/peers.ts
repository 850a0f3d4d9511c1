import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** What a program says: for each message, by its file's name, the thread it is in. Messages it does not take are left out. */
export type Threading = ReadonlyMap<string, string>;

/** Files named after their messages, in a maildir below a folder of their own. */
export interface Maildir {
  readonly folder: string;
  readonly messages: string;
}

export function writeMaildir(folder: string, messages: ReadonlyMap<string, Uint8Array>): Maildir {
  for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(folder, 'mail', name), { recursive: true });
  const path = join(folder, 'mail', 'cur');
  for (const [name, octets] of messages) writeFileSync(join(path, name), octets);
  return { folder, messages: path };
}

export const has = (program: string): boolean => {
  const found = spawnSync(program, ['--version'], { input: '' }).error === undefined;
  if (!found) console.warn(`skipped: ${program} is not installed`);
  return found;
};

function run(program: string, args: readonly string[], environment: Record<string, string>, input = ''): string {
  const options = { input, encoding: 'utf8', maxBuffer: 2 ** 28, env: { ...process.env, ...environment } } as const;
  const { status, stdout, stderr } = spawnSync(program, args, options);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr.slice(0, 2000)}`);
  return stdout;
}

/** notmuch: whatever names another belongs to it, by References and In-Reply-To alike. */
export function notmuch({ folder }: Maildir): Threading {
  const config = join(folder, 'notmuch-config');
  const environment = { NOTMUCH_CONFIG: config };
  writeFileSync(
    config,
    `[database]\npath=${join(folder, 'mail')}\n[user]\nname=t\nprimary_email=t@example.com\n[new]\ntags=t\nignore=\n[search]\nexclude_tags=\n[maildir]\nsynchronize_flags=false\n`,
  );
  run('notmuch', ['new', '--quiet'], environment);
  const shown: unknown = JSON.parse(
    run('notmuch', ['show', '--format=json', '--body=false', '--entire-thread=true', '*'], environment),
  );
  const threads = new Map<string, string>();
  const walk = (node: unknown, thread: string): void => {
    if (Array.isArray(node)) for (const each of node) walk(each, thread);
    else if (typeof node === 'object' && node !== null) {
      const files: unknown = Reflect.get(node, 'filename');
      for (const file of Array.isArray(files) ? files : []) threads.set(basename(String(file)), thread);
    }
  };
  if (Array.isArray(shown)) for (const [number, thread] of shown.entries()) walk(thread, String(number));
  return threads;
}

/** mu: Zawinski's algorithm. Only its server says which thread a message is in: the first number of its place. */
export function mu({ folder }: Maildir): Threading {
  const home = join(folder, 'mu');
  run('mu', ['init', `--muhome=${home}`, `--maildir=${join(folder, 'mail')}`, '--quiet'], {});
  run('mu', ['index', `--muhome=${home}`, '--quiet'], {});
  const find = '(find :query "" :threads t :sortfield :date :maxnum 1000000 :include-related nil)\n(quit)\n';
  const text = run('mu', ['server', `--muhome=${home}`], {}, find);
  const threads = new Map<string, string>();
  for (const [, path, thread] of text.matchAll(/:path "(\/[^"]+)" :size[^\n]*? :meta \(:path "([0-9a-z]+)/g)) {
    threads.set(basename(path ?? ''), thread ?? '');
  }
  return threads;
}

/** mthread of mblaze: Zawinski's algorithm; a thread is a line without indentation and what follows it. */
export function mthread({ folder, messages }: Maildir, names: readonly string[]): Threading {
  const input = names.map((name) => `${join(messages, name)}\n`).join('');
  const text = run('mthread', ['-v'], { MBLAZE: folder }, input);
  const threads = new Map<string, string>();
  let thread = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (!line.startsWith(' ')) thread++;
    const name = line.trim();
    if (name.startsWith(messages)) threads.set(basename(name), String(thread));
  }
  return threads;
}

/** The partition of those messages both know: groups as sorted lists of names. */
export function partition(threading: Threading, known: Threading): ReadonlySet<string> {
  const groups = new Map<string, string[]>();
  for (const [name, thread] of threading) {
    if (known.has(name)) groups.set(thread, [...(groups.get(thread) ?? []), name]);
  }
  return new Set([...groups.values()].map((names) => names.sort().join(' ')));
}

/** Groups of one partition that are not the other's. */
export function differences(one: Threading, other: Threading): { only: string[]; others: string[] } {
  const ours = partition(one, other);
  const theirs = partition(other, one);
  return {
    only: [...ours].filter((group) => !theirs.has(group)).sort(),
    others: [...theirs].filter((group) => !ours.has(group)).sort(),
  };
}
