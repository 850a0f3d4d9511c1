import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The built program: what a user runs. `npm test` builds before it runs. */
export const BINARY = new URL('../../dist/cli/main.js', import.meta.url).pathname;

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
  /** The JSON lines of standard output. */
  readonly lines: () => Record<string, unknown>[];
}

export interface RunOptions {
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with the running process: to end it early. */
  readonly during?: (child: ReturnType<typeof spawn>) => void;
}

/** Runs the program in a folder of its own and says how it ended. Three minutes are a hang. */
export async function mailproof(parameters: readonly string[], options: RunOptions): Promise<Ended> {
  const child = spawn(process.execPath, [BINARY, ...parameters], {
    cwd: options.folder,
    env: { PATH: process.env['PATH'], HOME: options.folder, NO_COLOR: '1', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 180_000,
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  options.during?.(child);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...ended) => resolve(ended));
  });
  const lines = () =>
    out
      .trim()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line));
  return { code, signal, out, err, lines };
}

/** Gives a test a folder of its own and removes it whatever happens. */
export async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mailproof-test-'));
  try {
    await test(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
