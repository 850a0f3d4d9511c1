import { createHash } from 'node:crypto';
import type { Descriptor } from '../../src/model/index.ts';
import type { Run } from './run.ts';

/** What alters a run's files behind its back. Each returns the run. */
export function alterFile(run: Run, path: string, alter: (text: string) => string): Run {
  const octets = run.files.get(path);
  if (octets === undefined) throw new Error(`the run has no ${path}`);
  run.files.set(path, Buffer.from(alter(Buffer.from(octets).toString())));
  return run;
}

const digestOf = (octets: Uint8Array) => `sha256:${createHash('sha256').update(octets).digest('hex')}`;

/** Makes the root agree with the files again, as somebody would who wants a change to go unseen. */
export function mendRoot(run: Run): Run {
  return alterFile(run, 'manifest.json', (text) => {
    const mend = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(mend);
      if (typeof value !== 'object' || value === null) return value;
      const descriptor = value as Partial<Descriptor>;
      const octets = run.files.get(descriptor.annotations?.['path'] ?? '');
      if (octets !== undefined) return { ...descriptor, digest: digestOf(octets), size: octets.length };
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mend(each)]));
    };
    return `${JSON.stringify(mend(JSON.parse(text)), null, 2)}\n`;
  });
}

/** Alters one record's line, by its id, keeping its length so that every place stays right. */
export function alterRecord(run: Run, id: string, from: RegExp, to: string): Run {
  return alterFile(run, 'items/000000.jsonl', (text) =>
    text
      .split('\n')
      .map((line) => (line.startsWith(`{"id":"${id}"`) ? line.replace(from, to) : line))
      .join('\n'),
  );
}

export const dropLine = (text: string, at: number): string => text.split('\n').toSpliced(at, 1).join('\n');

/** Flips the bits of one octet. */
export function flipped(octets: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(octets);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}
