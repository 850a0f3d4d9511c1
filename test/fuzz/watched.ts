import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** A run that is not over by then hangs: none takes a second. */
const HANG = 20_000;
/** Until the first: loading everything, on a machine that is busy. */
const START = 60_000;
/** Of the heap, in MiB. */
const HEAP = 384;

export interface FuzzResult {
  /** Null where all went well. */
  readonly failure: string | null;
  readonly done: readonly { readonly done: string; readonly runs: number; readonly peak: number }[];
}

/** Bundles the fuzzing process; its path. */
export function buildFuzzer(): string {
  const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const outfile = join(cache, 'fuzz.mjs');
  const entry = join(import.meta.dirname, 'main.ts');
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
  return outfile;
}

/** Runs it, a crash, a hang and memory beyond its limits being failures that name target, seed and run. */
export async function fuzz(
  path: string,
  seed: number,
  seconds: number,
  names: readonly string[] = [],
  hang = HANG,
): Promise<FuzzResult> {
  const child: ChildProcess = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP}`, path, String(seed), '0', String(seconds), ...names],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    },
  );
  const done: { done: string; runs: number; peak: number }[] = [];
  let at = 'nothing yet';
  let failure: string | null = null;
  let errors = '';
  let rest = '';
  let silence: NodeJS.Timeout | undefined;
  const alive = () => {
    clearTimeout(silence);
    silence = setTimeout(
      () => {
        failure = `hangs at ${at}, seed ${seed}`;
        child.kill('SIGKILL');
      },
      at === 'nothing yet' ? START : hang,
    );
  };
  alive();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    alive();
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const told: { target?: string; run?: number; failed?: string; done?: string; runs?: number; peak?: number } =
        JSON.parse(line);
      if (told.target !== undefined) at = `${told.target}, run ${told.run}`;
      if (told.failed !== undefined) failure = `${at}, seed ${seed}: ${told.failed}`;
      if (told.done !== undefined) done.push({ done: told.done, runs: told.runs ?? 0, peak: told.peak ?? 0 });
    }
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = `${errors}${text}`.slice(-4000);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(silence);
  if (failure === null && code !== 0) failure = `ended with ${code} at ${at}, seed ${seed}: ${errors}`;
  if (failure === null && errors !== '') failure = `wrote to standard error: ${errors}`;
  return { failure, done };
}
