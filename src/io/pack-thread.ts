import { parentPort } from 'node:worker_threads';
import { MailproofError } from '../model/index.ts';
import { writePack } from './file-pack.ts';
import type { PackReply, PackRequest } from './pack-messages.ts';

const folders = new Set<string>();

async function answer({ root, replace, pack }: PackRequest): Promise<PackReply> {
  try {
    return { results: await writePack({ root, folders }, pack, replace) };
  } catch (error) {
    if (error instanceof MailproofError) {
      const { code, message, advice, details } = error;
      return { refused: { code, message, advice, details } };
    }
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** The thread's side: one pack in, what its files hold out. One at a time, for they share a buffer. */
let last: Promise<void> = Promise.resolve();
parentPort?.on('message', (request: PackRequest) => {
  last = last.then(async () => parentPort?.postMessage(await answer(request)));
});
