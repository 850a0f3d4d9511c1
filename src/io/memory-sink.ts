import { createHash } from 'node:crypto';
import { throwIfCancelled } from '../model/cancelled.ts';
import { MailproofError, type Sink } from '../model/index.ts';
import { compareOctets } from '../model/octet-order.ts';
import { memorySource } from './memory-source.ts';
import { checkSinkPath, checkSinkPrefix } from './sink-path.ts';

/** A sink in memory, for rehearsals and tests: it keeps the same promises as a folder, and `files` shows what was written. */
export function memorySink(location = 'memory'): Sink & { readonly files: ReadonlyMap<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  function refuseTaken(path: string): void {
    if (files.has(path)) throw new MailproofError('OUTPUT_EXISTS', `${location}/${path} exists already.`);
  }
  return {
    location,
    files,
    async put(path, content, options = {}) {
      checkSinkPath(path);
      if (options.ifAbsent === true) refuseTaken(path);
      throwIfCancelled(options.signal);
      const pieces: Uint8Array[] = [];
      if (content instanceof Uint8Array) pieces.push(content);
      else {
        for await (const chunk of content) {
          throwIfCancelled(options.signal);
          // Not slice(): a Buffer's shares its memory.
          pieces.push(new Uint8Array(chunk));
        }
      }
      const whole = new Uint8Array(Buffer.concat(pieces));
      if (options.ifAbsent === true) refuseTaken(path);
      files.set(path, whole);
      return { size: whole.length, digest: `sha256:${createHash('sha256').update(whole).digest('hex')}` };
    },
    async open(path) {
      checkSinkPath(path);
      const content = files.get(path);
      if (content === undefined) throw new MailproofError('SOURCE_NOT_FOUND', `There is no ${location}/${path}.`);
      return memorySource(content, `${location}/${path}`);
    },
    async *list(prefix) {
      checkSinkPrefix(prefix);
      for (const path of [...files.keys()].filter((name) => name.startsWith(prefix)).sort(compareOctets)) {
        const content = files.get(path);
        if (content !== undefined) yield { path, size: content.length };
      }
    },
    async remove(path) {
      checkSinkPath(path);
      files.delete(path);
    },
  };
}
