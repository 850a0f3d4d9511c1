import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What one run of a program cost. Peak is the largest resident size of the process, in octets. */
export interface Cost {
  readonly seconds: number;
  readonly cpu: number | null;
  readonly peak: number | null;
  /** What the program itself measured, where it does. */
  readonly own: {
    readonly seconds: number;
    readonly messages?: number;
    readonly octets?: number;
    readonly copy?: number;
    readonly write?: number;
  } | null;
  readonly exitCode: number | null;
}

const USAGE = join(process.cwd(), 'test/bench/peers/usage.cjs');

/** Runs a program once and says what it cost. A Node program is preloaded with a hook that writes its resource usage. */
export async function measure(
  command: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const usage = join(folder, 'usage.json');
  const result = join(folder, 'result.json');
  const preload = command === process.execPath ? ['--require', USAGE] : [];
  const begun = performance.now();
  const child = spawn(command, [...preload, ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment, BENCH_USAGE: usage, BENCH_RESULT: result },
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const seconds = (performance.now() - begun) / 1000;
  const { cpu = null, peak = null } = json(usage) ?? {};
  const own = json(result) ?? (printed.startsWith('{"seconds"') ? JSON.parse(printed) : null);
  rmSync(folder, { recursive: true });
  return { seconds, cpu, peak, own, exitCode };
}

function json(path: string) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** The run whose time is the median. */
export function median(costs: readonly Cost[]): Cost {
  const sorted = [...costs].sort((left, right) => (left.own ?? left).seconds - (right.own ?? right).seconds);
  const middle = sorted[sorted.length >> 1];
  if (middle === undefined) throw new RangeError('nothing was measured');
  return middle;
}
