// Files are named one by one: every thread that is started loads them, and a face of a room would bring all of it.
import { parentPort } from 'node:worker_threads';
import { unpackEntries } from '../archive/zip/packed-entries.ts';
import { digestColumns } from '../verify/archive-pass/digest-columns.ts';
import { digestBatch } from '../verify/archive-pass/entry-digest.ts';
import { WholeHasher } from '../verify/archive-pass/whole-digests.ts';
import type { DigestReply, DigestRequest } from './digest-messages.ts';

let whole: WholeHasher | null = null;

function begun(): WholeHasher {
  if (whole === null) throw new Error('no hash was begun');
  return whole;
}

async function answer(request: DigestRequest): Promise<DigestReply> {
  switch (request.task) {
    case 'entries': {
      const { format, index, offset, bytes } = request;
      const entries = unpackEntries(request.entries);
      return { columns: digestColumns(digestBatch(format, { index, offset, bytes, entries })) };
    }
    case 'begin':
      whole = new WholeHasher(request.wanted);
      return { done: true };
    case 'update':
      begun().update(request.chunk);
      return { done: true };
    case 'finish':
      return { whole: await begun().finish() };
  }
}

parentPort?.on('message', (request: DigestRequest) => {
  void answer(request)
    .catch((thrown: unknown): DigestReply => {
      const { message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
      return { failure: { message, stack: stack ?? '' } };
    })
    .then((reply) => parentPort?.postMessage(reply));
});
