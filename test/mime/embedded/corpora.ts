import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const TNEF = resolve(import.meta.dirname, '../../../../shared/corpora/tnef');
const MESSAGES = resolve(import.meta.dirname, '../../../../shared/corpora/messages');

/** Whether the public corpora lie beside the checkout; says so once where they do not. */
export const corporaPresent = existsSync(TNEF) && existsSync(MESSAGES);
if (!corporaPresent) console.warn('skipped: no corpora beside the checkout (../shared/corpora)');

export function tnefNames(): string[] {
  return corporaPresent ? readdirSync(TNEF).filter((name) => name.endsWith('.tnef')) : [];
}

export function tnefPath(name: string): string {
  return join(TNEF, name);
}

export function readTnefFile(name: string): Uint8Array {
  return readFileSync(tnefPath(name));
}

export function readMessage(path: string): Uint8Array {
  return readFileSync(join(MESSAGES, path));
}
