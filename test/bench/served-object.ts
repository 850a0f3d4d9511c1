import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ServedObject {
  readonly source: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Serves a file as an object of the sandbox, in a process of its own, while `use` runs. */
export async function withObject<T>(path: string, use: (object: ServedObject) => Promise<T>): Promise<T> {
  const script = join(process.cwd(), 'test/bench/peers/sandbox-s3.mjs');
  const server = spawn(process.execPath, [script, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(server, 'exit');
  try {
    const lines = createInterface({ input: server.stdout });
    const [line]: string[] = await once(lines, 'line');
    return await use(JSON.parse(line ?? ''));
  } finally {
    server.stdin.end();
    await ended;
  }
}
