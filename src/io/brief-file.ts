import { hash } from 'node:crypto';
import { closeSync, constants, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { BRIEF_OCTETS, MailproofError, type PutResult } from '../model/index.ts';
import { systemCode } from './file-errors.ts';

/** One more than a file may have: a longer one is then seen to be longer. */
const held = Buffer.allocUnsafeSlow(BRIEF_OCTETS + 1);

/**
 * Writes a small file by system calls that wait, some 30 microseconds, a fifth of what a promise each costs, and reads it again: the digest is that of what the file holds, not of what was handed over. A name that
 * is taken is refused, or with `replace` kept where it holds the same octets and written anew where it does not. Throws the
 * system's error (EEXIST where the name is taken, ENOENT where the folder is not there).
 */
export function writeBriefFile(target: string, content: Uint8Array, replace = false): PutResult {
  let file: number;
  try {
    // O_EXCL follows no symbolic link.
    file = openSync(target, 'wx+');
  } catch (error) {
    if (!replace || systemCode(error) !== 'EEXIST') throw error;
    const before = heldBefore(target);
    if (before?.compare(content) === 0) return facts(before);
    unlinkSync(target);
    file = openSync(target, 'wx+');
  }
  try {
    let size = 0;
    while (size < content.length) {
      const written = writeSync(file, content, size, content.length - size, size);
      // Some file systems report a full disk by writing nothing.
      if (written === 0) throw new MailproofError('OUTPUT_UNWRITABLE', `${target} took no more octets at ${size}.`);
      size += written;
    }
    return facts(readAgain(file, size));
  } catch (error) {
    try {
      unlinkSync(target);
    } catch {
      // The first failure says more.
    }
    throw error;
  } finally {
    closeSync(file);
  }
}

const facts = (octets: Buffer): PutResult => ({
  size: octets.length,
  digest: `sha256:${hash('sha256', octets, 'hex')}`,
});

/** What a file holds, up to so many octets. */
function readAgain(file: number, limit: number): Buffer {
  let read = 0;
  for (let more = 1; more > 0 && read < limit; read += more) more = readSync(file, held, read, limit - read, read);
  return held.subarray(0, read);
}

/** What stands under a name already; null where it is no file of ours. */
function heldBefore(target: string): Buffer | null {
  let file: number;
  try {
    file = openSync(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    return readAgain(file, held.length);
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}
