import type { JsonObject } from '../../src/model/index.ts';
import { type Answer, type Runtime, type RuntimeClient, startRuntime } from '../hook/runtime.ts';

/** Functions of the fleet, each in a process of its own: who calls waits for one that is idle. */
export interface Workers {
  invoke(payload: JsonObject): Promise<Answer>;
  stop(): Promise<void>;
}

export interface WorkersInput {
  /** The bundle. */
  readonly folder: string;
  readonly count: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Told of each call as it begins; may take the process away. */
  readonly onInvoke?: (payload: JsonObject, runtime: Runtime) => void;
  readonly client?: RuntimeClient;
}

export async function startWorkers(input: WorkersInput): Promise<Workers> {
  const { folder, count, client, onInvoke = () => undefined } = input;
  const environment = { ...input.environment, MAILPROOF_WORKERS: '1' };
  const all = await Promise.all(
    Array.from({ length: count }, () => startRuntime(folder, 'fleet', environment, client)),
  );
  const idle = [...all];
  const waiting: ((runtime: Runtime) => void)[] = [];
  return {
    async invoke(payload) {
      const runtime = idle.pop() ?? (await new Promise<Runtime>((resolve) => waiting.push(resolve)));
      const answer = runtime.invoke(payload);
      onInvoke(payload, runtime);
      const settled = await answer;
      const next = waiting.shift();
      if (next === undefined) idle.push(runtime);
      else next(runtime);
      if ('error' in settled && settled.error.errorMessage === 'UNEXPECTED') console.warn(runtime.logs());
      return settled;
    },
    stop: async () => void (await Promise.all(all.map((runtime) => runtime.stop()))),
  };
}
