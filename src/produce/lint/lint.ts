import { readLines } from '../../manifest/index.ts';
import { type Finding, MailproofError, type Reporter, type Sink } from '../../model/index.ts';
import { splitControlNumber } from '../numbering.ts';
import type { ProfileName } from '../profile/index.ts';
import { SETTINGS_PATH, UNFINISHED_PATH } from '../unfinished.ts';
import { lintBag } from './bag.ts';
import { decoded, findEncoding } from './decode.ts';
import { DelimitedReader } from './delimited.ts';
import { lintEdrm } from './edrm.ts';
import { Faults } from './faults.ts';
import { fileFacts, openNamed } from './files.ts';
import { lintImage } from './image.ts';
import { DELIMITERS, lintLoadFile } from './load-file.ts';
import { lintParquet } from './parquet.ts';
import { isLoadFile } from './roles.ts';

export interface LintInput {
  /** The production, read only. */
  readonly sink: Pick<Sink, 'open' | 'list' | 'location'> & Sink;
  /** Holds it to one platform's rules. */
  readonly profile?: ProfileName;
  readonly reporter: Reporter;
  readonly signal?: AbortSignal;
}

type Kind = 'dat' | 'csv' | 'edrm' | 'bag' | 'image' | 'parquet';

/** Files of a production that describe its documents: by name, and for a CSV by its first row. */
async function describing(input: LintInput): Promise<{ readonly path: string; readonly kind: Kind }[]> {
  const { sink, signal } = input;
  const found: { path: string; kind: Kind }[] = [];
  for await (const { path } of sink.list('')) {
    // Natives may be load files themselves.
    if (/(?:^|\/)(?:natives?|text|images?)\//i.test(path) || /^(?:data|items|other|mbox)\//.test(path)) continue;
    if (path === 'manifest-sha256.txt') found.push({ path, kind: 'bag' });
    else if (/\.dat$/i.test(path)) found.push({ path, kind: 'dat' });
    else if (/\.nli$/i.test(path)) found.push({ path, kind: 'image' });
    else if (/(?:^|\/)documents[^/]*\.parquet$/i.test(path)) found.push({ path, kind: 'parquet' });
    else if (/(?:^|\/)(?:edrm|image_contents)\.xml$/i.test(path)) found.push({ path, kind: 'edrm' });
    else if (/\.csv$/i.test(path) && !/(?:^|\/)(?:exceptions|duplicates|mailbag[^/]*)\.csv$/i.test(path)) {
      if (isLoadFile(await firstRow(sink, path, signal))) found.push({ path, kind: 'csv' });
    }
  }
  return found;
}

async function firstRow(sink: Sink, path: string, signal?: AbortSignal): Promise<readonly string[]> {
  const source = await sink.open(path);
  try {
    const reader = new DelimitedReader(DELIMITERS.csv);
    for await (const text of decoded(source, await findEncoding(source, signal), signal)) {
      for (const row of reader.push(text)) return row.cells;
    }
    for (const row of reader.finish()) return row.cells;
    return [];
  } finally {
    await source.close();
  }
}

/** What `production.json` says of a production of ours. */
interface Said {
  readonly documents: number | null;
  readonly again: boolean;
}

async function saidOf(sink: Sink): Promise<Said> {
  const source = await openNamed(sink, SETTINGS_PATH);
  if (source === null) return { documents: null, again: false };
  try {
    const value: unknown = JSON.parse(Buffer.from(await source.bytes(0, source.size)).toString());
    const field = (from: unknown, name: string): unknown =>
      typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined;
    const documents = field(value, 'documents');
    return {
      documents: typeof documents === 'number' ? documents : null,
      again: field(field(value, 'options'), 'numbered') === 'again',
    };
  } catch (error) {
    if (error instanceof SyntaxError) return { documents: null, again: false };
    throw error;
  } finally {
    await source.close();
  }
}

/** What shows that a production of ours was not finished; null where nothing does. */
async function unfinishedFault(sink: Sink): Promise<string | null> {
  if (await isThere(sink, UNFINISHED_PATH)) {
    return `${UNFINISHED_PATH} is there: the production was interrupted. Run the command that made it again.`;
  }
  const ours = (await isThere(sink, 'register.jsonl')) && (await isThere(sink, 'exceptions.csv'));
  if (!ours || (await isThere(sink, SETTINGS_PATH))) return null;
  return `${SETTINGS_PATH} is not there: the production was interrupted, or is not all of it.`;
}

async function isThere(sink: Sink, path: string): Promise<boolean> {
  const source = await openNamed(sink, path);
  await source?.close();
  return source !== null;
}

/** Numbers of the register beside a production that was numbered again: those may be missing in it. */
async function numbersElsewhere(sink: Sink, again: boolean, signal?: AbortSignal): Promise<ReadonlySet<number>> {
  const numbers = new Set<number>();
  const source = again ? await openNamed(sink, 'register.jsonl') : null;
  if (source === null) return numbers;
  try {
    for await (const lines of readLines(source, signal)) {
      for (const { text } of lines) {
        const match = /"controlNumber":"([^"\\]{1,80})"/.exec(text);
        const split = match?.[1] === undefined ? null : splitControlNumber(match[1]);
        if (split !== null) numbers.add(split.number);
      }
    }
  } finally {
    await source.close();
  }
  return numbers;
}

/**
 * Checks a production, ours or anybody's: encoding, line ends, columns, names, numbers, families, dates, and that every file a row
 * points to is there and is what the row says. Findings of severity `error` name the row. Throws SOURCE_NOT_FOUND where
 * there is nothing that describes documents.
 */
export async function lint(input: LintInput): Promise<Finding[]> {
  const { sink, signal } = input;
  const faults = new Faults(input.reporter);
  const unfinished = await unfinishedFault(sink);
  if (unfinished !== null) faults.add('lint-unfinished', unfinished);
  const files = await describing(input);
  if (files.length === 0 && unfinished === null) {
    throw new MailproofError('SOURCE_NOT_FOUND', `There is no load file in ${sink.location}.`, {
      advice:
        'A .dat, a .csv with a column of document numbers, an edrm.xml, a documents.parquet, an .nli or a bag is looked for.',
    });
  }
  const said = await saidOf(sink);
  const elsewhere = await numbersElsewhere(sink, said.again, signal);
  for (const { path, kind } of files) {
    if (kind === 'bag') {
      await lintBag(sink, faults, signal);
      continue;
    }
    const source = await sink.open(path);
    try {
      if (kind === 'edrm') {
        const chunks = source.read(0, source.size, signal);
        await lintEdrm({ path, chunks, facts: (file) => fileFacts(sink, file, signal), faults });
      } else if (kind === 'image') await lintImage(source, path, faults, signal);
      else {
        const check = kind === 'parquet' ? lintParquet : lintLoadFile;
        const rows = await check({
          sink,
          path,
          source,
          kind: kind === 'parquet' ? 'csv' : kind,
          profile: input.profile,
          elsewhere,
          faults,
          signal,
        });
        if (said.documents !== null && said.documents !== rows) {
          const more = { expected: String(said.documents), found: String(rows) };
          faults.add('lint-number', `${path} has not as many rows as production.json says.`, 'error', more);
        }
      }
    } finally {
      await source.close();
    }
  }
  return faults.finish();
}
