import type { Reporter } from '../model/index.ts';
import { csvLine } from './csv.ts';
import type { ProducedDocument } from './document.ts';
import { EXCEPTION_COLUMNS, type Exception } from './exceptions.ts';
import type { ProduceOptions } from './options.ts';
import type { Outcomes } from './outcomes.ts';
import type { Content, Output } from './output.ts';
import type { Production } from './production.ts';
import type { Carry, RowSettings } from './rows.ts';
import { rowExceptions } from './rows.ts';

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
}

/** Octets gathered before they are handed on: fewer, larger writes. */
const CHUNK = 256 * 1024;

/** Writes a file that is not a native. */
export async function putFile(run: ProductionRun, path: string, content: Content): Promise<void> {
  await run.output.put(path, content);
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

/** Every document in order. */
export async function* documents(run: ProductionRun): AsyncGenerator<ProducedDocument> {
  for await (const families of run.production.families(run.signal)) {
    for (const family of families) yield* family.documents;
  }
}

/** What happens while a production's table is written. */
export const identityCarry: Carry = (text) => text;

/**
 * Writes `exceptions.csv`: everything that is not in the production as it stood. It is made by going over the rows again, so
 * that a mailbox of Japanese mail written in windows-1252 needs no list of all its characters in memory. Returns the rows.
 */
export async function writeExceptions(
  run: ProductionRun,
  carry: Carry,
  more: (document: ProducedDocument) => readonly Exception[] = () => [],
): Promise<number> {
  let rows = 0;
  async function* lines(): AsyncGenerator<string> {
    rows = 0;
    yield `\ufeff${csvLine(EXCEPTION_COLUMNS)}`;
    for await (const document of documents(run)) {
      for (const each of [...rowExceptions(document, run.rows, carry), ...more(document)]) {
        rows++;
        yield csvLine([each.controlNumber, each.record, each.column, each.code, each.detail]);
      }
    }
  }
  await putFile(run, 'exceptions.csv', () => textChunks(lines()));
  return rows;
}

/** Writes `duplicates.csv`: each family that has copies, and which of them came first. */
export async function writeDuplicates(run: ProductionRun): Promise<void> {
  async function* lines(): AsyncGenerator<string> {
    yield `\ufeff${csvLine(['Control Number', 'Duplicate Group', 'Role', 'Copies', 'All Custodians', 'All Paths'])}`;
    for await (const families of run.production.families(run.signal)) {
      for (const { first, duplicates } of families) {
        if (duplicates === null || duplicates.count < 2) continue;
        const { primary, count, custodians, paths } = duplicates;
        const role = primary === first ? 'Primary' : 'Duplicate';
        const shown = [custodians, paths].map((list) => list.map((text) => text.replaceAll(';', ',')).join('; '));
        yield csvLine([
          first,
          primary,
          role,
          String(count),
          ...shown.map((text) => (/^[=+\-@]/.test(text) ? `'${text}` : text)),
        ]);
      }
    }
  }
  await putFile(run, 'duplicates.csv', () => textChunks(lines()));
}
