import type { Sink } from '../../model/index.ts';
import type { FieldName } from '../field.ts';
import { fieldType } from '../field-types.ts';
import { dateFault, timeFault } from './dates.ts';
import type { Faults } from './faults.ts';
import { type FileFacts, fileFacts, illegalName, relativePath } from './files.ts';
import { NumberChecks } from './numbers.ts';
import type { Role } from './roles.ts';

export interface RowCheckInput {
  readonly sink: Sink;
  readonly names: readonly string[];
  readonly roles: readonly (Role | null)[];
  /** A platform's load file: its dates are `MM/DD/YYYY HH:MM:SS`, from 1753 on. */
  readonly platform: boolean;
  readonly elsewhere: ReadonlySet<number>;
  readonly faults: Faults;
  readonly signal: AbortSignal | undefined;
}

/** Checks the documents of a load file, row by row: numbers, families, dates, and the files they point to. */
export class RowChecks {
  readonly #input: RowCheckInput;
  readonly #numbers: NumberChecks;
  readonly #places = new Map<FieldName, number>();
  #lastFile: { readonly path: string; readonly facts: FileFacts | null } | null = null;

  constructor(input: RowCheckInput) {
    this.#input = input;
    this.#numbers = new NumberChecks(input.faults, input.elsewhere);
    for (const [at, role] of input.roles.entries()) {
      if (role !== null && !this.#places.has(role.field)) this.#places.set(role.field, at);
    }
  }

  async row(number: number, cells: readonly string[]): Promise<void> {
    const cell = (...fields: readonly FieldName[]): string => {
      for (const field of fields) {
        const value = cells[this.#places.get(field) ?? -1];
        if (value !== undefined && value !== '') return value;
      }
      return '';
    };
    const controlNumber = cell('controlNumber');
    const row = `Row ${number} (${controlNumber})`;
    this.#numbers.row(row, {
      controlNumber,
      first: cell('familyFirst', 'beginAttachment', 'groupIdentifier'),
      last: cell('familyLast', 'endAttachment'),
      parent: cell('parent'),
    });
    this.#dates(row, cells);
    await this.#native(row, cell);
    await this.#text(row, cell);
  }

  finish(): void {
    this.#numbers.finish();
  }

  #dates(row: string, cells: readonly string[]): void {
    const { roles, names, platform, faults } = this.#input;
    for (const [at, role] of roles.entries()) {
      const value = cells[at] ?? '';
      if (role === null || value === '' || fieldType(role.field) !== 'moment') continue;
      const fault = role.format === 'time' ? timeFault(value) : dateFault(value, platform);
      if (fault !== null) faults.add('lint-date', `${row}, ${names[at] ?? ''}: ${fault}.`, 'error', { found: value });
      if (role.format !== 'time') continue;
      const date = roles.findIndex((other) => other?.field === role.field && other.format === 'date');
      if ((cells[date] ?? '') === '') faults.add('lint-date', `${row}, ${names[at] ?? ''}: a time without its date.`);
    }
  }

  /** A path's facts, once where some rows share a file. */
  async #facts(row: string, text: string): Promise<FileFacts | null> {
    const { sink, faults, signal } = this.#input;
    const path = relativePath(text);
    if (path === null) {
      faults.add('lint-path', `${row} points to a path that is not within the production.`, 'error', { found: text });
      return null;
    }
    const illegal = illegalName(path);
    if (illegal !== null) {
      faults.add('lint-path', `${row} points to a name that not every system can hold.`, 'error', { found: illegal });
    }
    if (this.#lastFile?.path !== path) this.#lastFile = { path, facts: await fileFacts(sink, path, signal) };
    if (this.#lastFile.facts === null) faults.add('lint-path', `${row} points to ${path}, which is not there.`);
    return this.#lastFile.facts;
  }

  async #native(row: string, cell: (...fields: readonly FieldName[]) => string): Promise<void> {
    const path = cell('nativePath');
    if (path === '') return;
    const facts = await this.#facts(row, path);
    if (facts === null) return;
    const { faults } = this.#input;
    for (const name of ['md5', 'sha1', 'sha256'] as const) {
      const expected = cell(name).toLowerCase();
      if (expected !== '' && expected !== facts[name]) {
        faults.add('lint-digest', `${row}: ${path} has not the ${name.toUpperCase()} its row names.`, 'error', {
          expected,
          found: facts[name],
        });
      }
    }
    const size = cell('size');
    if (size !== '' && Number(size) !== facts.size) {
      const found = String(facts.size);
      faults.add('lint-digest', `${row}: ${path} has not the size its row names.`, 'error', { expected: size, found });
    }
  }

  async #text(row: string, cell: (...fields: readonly FieldName[]) => string): Promise<void> {
    const path = cell('textPath');
    // Some load files carry the text itself in that column.
    if (path === '' || !/\.te?xt$/i.test(path)) return;
    const facts = await this.#facts(row, path);
    if (facts === null) return;
    const { faults } = this.#input;
    if (!facts.utf8) faults.add('lint-text', `${row}: ${path} is not UTF-8.`, 'warning');
    const length = cell('textLength');
    if (length !== '' && Number(length) !== facts.size) {
      const found = String(facts.size);
      faults.add('lint-text', `${row}: ${path} has not the length its row names.`, 'error', {
        expected: length,
        found,
      });
    }
  }
}
