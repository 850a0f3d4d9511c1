import type { ByteSource, Reporter } from '../model/index.ts';
import type { Collisions } from './mih-collisions.ts';
import type { ProduceOptions } from './options.ts';
import type { Outcomes } from './outcomes.ts';
import type { Content, Output } from './output.ts';
import type { Production } from './production.ts';
import type { Register } from './register.ts';
import type { RowSettings } from './rows.ts';

/** One production on its way: what every layout writes with. */
export interface ProductionRun {
  readonly production: Production;
  readonly output: Output;
  readonly outcomes: Outcomes;
  readonly rows: RowSettings;
  readonly options: Required<
    Pick<
      ProduceOptions,
      'natives' | 'text' | 'name' | 'createdAt' | 'caseNumber' | 'evidenceNumber' | 'examiner' | 'version'
    >
  > &
    Pick<ProduceOptions, 'encoding' | 'bundle'>;
  readonly reporter: Reporter;
  readonly signal: AbortSignal | undefined;
  /** Files besides natives and texts, as they are written. */
  readonly files: string[];
  /** Octets of files that may be held until an archive can take them. */
  readonly heldLimit: number;
  /** Rows of `exceptions.csv` so far. */
  readonly counts: { exceptions: number };
  /** Null where copies are not looked for. */
  readonly collisions: Collisions | null;
  readonly register: {
    /** What earlier productions numbered: carried on. */
    readonly earlier: ByteSource | null;
    /** The same, read, where what it knows is produced again. */
    readonly again: Register | null;
  };
}

/** Octets gathered before they are handed on: fewer, larger writes. */
const CHUNK = 256 * 1024;

/** Writes a file that is not a native. `durable`: it is on the disk when this returns, and all before it. */
export async function putFile(run: ProductionRun, path: string, content: Content, durable = false): Promise<void> {
  if (durable) await run.output.flush();
  await run.output.put(path, content, durable);
  run.files.push(path);
}

/** Joins small texts to chunks of octets. */
export async function* textChunks(
  texts: AsyncIterable<string> | Iterable<string>,
  encode: (text: string) => Uint8Array = (text) => Buffer.from(text, 'utf8'),
): AsyncGenerator<Uint8Array> {
  let held: string[] = [];
  let length = 0;
  for await (const text of texts) {
    held.push(text);
    length += text.length;
    if (length < CHUNK) continue;
    yield encode(held.join(''));
    held = [];
    length = 0;
  }
  if (length > 0) yield encode(held.join(''));
}
