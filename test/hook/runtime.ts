import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';

export type Answer =
  | { readonly result: unknown }
  | { readonly error: { readonly errorType: string; readonly errorMessage: string } };

/** A function running in a process of its own, fed by a loopback Runtime API. */
export interface Runtime {
  invoke(event: unknown, milliseconds?: number): Promise<Answer>;
  /** Takes the sandbox away in mid-run: what is under way is answered as Lambda answers it. */
  kill(): void;
  /** What the function wrote to its logs. */
  readonly logs: () => string;
  stop(): Promise<void>;
}

interface Waiting {
  readonly id: string;
  readonly event: unknown;
  readonly deadline: number;
  readonly settle: (answer: Answer) => void;
}

const TAKEN_AWAY: Answer = {
  error: { errorType: 'Runtime.ExitError', errorMessage: 'exited with error: signal: killed' },
};

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

/** The program that asks for events and runs the handler: its command line and where it starts. */
export type RuntimeClient = (
  folder: string,
  handler: string,
) => { readonly command: string; readonly parameters: readonly string[]; readonly cwd?: string };

const OWN_CLIENT: RuntimeClient = (folder, handler) => ({
  command: process.execPath,
  parameters: [join(import.meta.dirname, 'runtime-client.mjs'), join(folder, 'lambda.mjs'), handler],
});

/** Starts `handler` (`hook` or `fleet`) of the bundle. The process starts again, as Lambda's does, after a kill. */
export async function startRuntime(
  folder: string,
  handler: string,
  environment: Readonly<Record<string, string>>,
  client = OWN_CLIENT,
): Promise<Runtime> {
  const queue: Waiting[] = [];
  const running = new Map<string, Waiting>();
  const asking: ServerResponse[] = [];
  let count = 0;
  let logs = '';
  let stopping = false;

  const serve = () => {
    while (queue.length > 0 && asking.length > 0) {
      const work = queue.shift();
      const response = asking.shift();
      if (work === undefined || response === undefined) return;
      running.set(work.id, work);
      response.writeHead(200, {
        'lambda-runtime-aws-request-id': work.id,
        'lambda-runtime-deadline-ms': String(work.deadline),
        // AWS's own client reads these two unasked, and falls over where they are not.
        'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:123456789012:function:mailproof',
        'content-type': 'application/json',
      });
      response.end(JSON.stringify(work.event));
    }
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.endsWith('/invocation/next')) {
      asking.push(response);
      serve();
      return;
    }
    void bodyOf(request).then((body) => {
      const id = path.split('/').at(-2) ?? '';
      const work = running.get(id);
      running.delete(id);
      const value: unknown = JSON.parse(body);
      const failed = path.endsWith('/error');
      if (failed) {
        const { errorType, errorMessage } = value as { errorType: string; errorMessage: string };
        work?.settle({ error: { errorType, errorMessage } });
      } else work?.settle({ result: value });
      response.writeHead(202).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;

  let child: ChildProcess;
  const start = () => {
    const { command, parameters, cwd } = client(folder, handler);
    child = spawn(command, parameters, {
      cwd,
      env: {
        ...process.env,
        ...environment,
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        logs += text;
      });
    }
    child.once('exit', () => {
      asking.length = 0;
      for (const work of running.values()) work.settle(TAKEN_AWAY);
      running.clear();
      if (!stopping) start();
    });
  };
  start();

  return {
    invoke: (event, milliseconds = 120_000) =>
      new Promise((settle) => {
        queue.push({ id: `request-${count++}`, event, deadline: Date.now() + milliseconds, settle });
        serve();
      }),
    kill: () => void child.kill('SIGKILL'),
    logs: () => logs,
    async stop() {
      stopping = true;
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
