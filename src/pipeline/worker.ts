import { parentPort } from 'node:worker_threads';
import { transferable } from '../manifest/batch-output.ts';
import { processBatch } from './batch.ts';
import type { WorkerReply, WorkerRequest } from './worker-messages.ts';

/** The thread's side: one batch in, one output out; buffers are moved both ways. */
parentPort?.on('message', ({ format, batch }: WorkerRequest) => {
  let reply: WorkerReply;
  try {
    reply = { output: processBatch(format, batch) };
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    reply = { failure: { message, stack: stack ?? '' } };
  }
  parentPort?.postMessage(reply, 'output' in reply ? transferable(reply.output) : []);
});
