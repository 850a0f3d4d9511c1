import type { ByteSource, Sink } from '../../model/index.ts';
import { hasControls } from '../control-signs.ts';
import { DAT } from '../dat.ts';
import { type Column, PROFILES, type Profile, type ProfileName } from '../profile/index.ts';
import { decoded, findEncoding } from './decode.ts';
import { DelimitedReader, type DelimitedRow, type Delimiters } from './delimited.ts';
import type { Faults } from './faults.ts';
import { isLoadFile, rolesOf } from './roles.ts';
import { RowChecks } from './row-checks.ts';

export const DELIMITERS: { readonly [kind in 'dat' | 'csv']: Delimiters } = {
  dat: { separator: DAT.separator, qualifier: DAT.qualifier },
  csv: { separator: ',', qualifier: '"' },
};

export interface LoadFileInput {
  readonly sink: Sink;
  readonly path: string;
  readonly source: ByteSource;
  readonly kind: 'dat' | 'csv';
  readonly profile: ProfileName | undefined;
  readonly elsewhere: ReadonlySet<number>;
  readonly faults: Faults;
  readonly signal: AbortSignal | undefined;
}

/** Checks a DAT or CSV and every file its rows point to; gives the number of its rows. */
export async function lintLoadFile(input: LoadFileInput): Promise<number> {
  const { source, path, kind, faults, signal } = input;
  const profile: Profile | null = input.profile === undefined ? null : PROFILES[input.profile];
  const found = await findEncoding(source, signal);
  if (profile !== null && !profile.encodings.includes(found.encoding)) {
    const expected = profile.encodings.join(', ');
    faults.add('lint-encoding', `${path} is not in an encoding ${profile.name} takes.`, 'error', {
      expected,
      found: found.encoding,
    });
  } else if (
    found.mark === 0 &&
    (profile === null || profile.encodings.includes('utf-8-bom')) &&
    (kind === 'dat' || found.encoding === 'windows-1252')
  ) {
    faults.add('lint-encoding', `${path} has no byte order mark: it was read as ${found.encoding}.`, 'warning');
  }
  const reader = new DelimitedReader(DELIMITERS[kind]);
  let checks: RowChecks | null = null;
  let width = 0;
  let rows = -1;
  const take = async (row: DelimitedRow): Promise<void> => {
    shape(row, input);
    rows++;
    if (checks === null) {
      width = row.cells.length;
      header(row.cells, profile, input);
      checks = new RowChecks({
        ...input,
        names: row.cells,
        roles: rolesOf(row.cells),
        platform: kind === 'dat',
      });
      return;
    }
    if (row.cells.length !== width) {
      const more = { expected: String(width), found: String(row.cells.length) };
      faults.add('lint-columns', `Row ${row.number} of ${path} has not as many columns as the first.`, 'error', more);
      return;
    }
    if (kind === 'dat') signs(row, faults);
    await checks.row(row.number, row.cells);
  };
  for await (const text of decoded(source, found, signal)) for (const row of reader.push(text)) await take(row);
  for (const row of reader.finish()) await take(row);
  finish(checks, input);
  return Math.max(0, rows);
}

function finish(checks: RowChecks | null, { faults, path }: LoadFileInput): void {
  if (checks === null) faults.add('lint-columns', `${path} is empty.`);
  else checks.finish();
}

function shape(row: DelimitedRow, { path, kind, faults }: LoadFileInput): void {
  if (row.badEnd) faults.add('lint-line-end', `Row ${row.number} of ${path} does not end with CR LF.`);
  if (row.open) faults.add('lint-line-end', `Row ${row.number} of ${path} is not closed: a qualifier is missing.`);
  if (kind === 'dat' && row.lineInValue) {
    faults.add('lint-line-end', `Row ${row.number} of ${path} has a line end within a value: it must be U+00AE.`);
  }
}

function signs(row: DelimitedRow, faults: Faults): void {
  if (row.cells.some((cell) => cell.includes('\0'))) {
    faults.add('lint-encoding', `Row ${row.number} holds U+0000.`);
  } else if (row.cells.some(hasControls)) {
    faults.add('lint-encoding', `Row ${row.number} holds control characters, at which some loaders stop.`, 'warning');
  }
}

function header(names: readonly string[], profile: Profile | null, { path, faults, kind }: LoadFileInput): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (name.trim() === '') faults.add('lint-columns', `${path} has a column without a name.`);
    else if (seen.has(name.toLowerCase())) faults.add('lint-columns', `${path} has two columns named ${name}.`);
    seen.add(name.toLowerCase());
    if (profile?.columnNames?.test(name) === false) {
      faults.add('lint-columns', `${profile.name} takes no column named ${name}.`);
    }
  }
  if (!isLoadFile(names)) faults.add('lint-columns', `${path} has no column that numbers its documents.`);
  if (profile === null || (profile.layout !== kind && !['eml', 'mbox'].includes(profile.layout))) return;
  for (const [name] of profile.columns satisfies readonly Column[]) {
    if (!seen.has(name.toLowerCase())) faults.add('lint-columns', `${path} has no column ${name}.`, 'warning');
  }
}
