import { LEAST_DIGITS, splitControlNumber } from '../numbering.ts';
import type { Faults } from './faults.ts';

/** What a row says of its family; empty where its file has no such column. */
export interface FamilyCells {
  readonly controlNumber: string;
  readonly first: string;
  readonly last: string;
  readonly parent: string;
}

/** Follows the numbers of a production from row to row: legal, rising by one, families closed before the next begins. */
export class NumberChecks {
  readonly #faults: Faults;
  /** Numbers an earlier production gave, which may therefore be missing here. */
  readonly #elsewhere: ReadonlySet<number>;
  #prefix: string | null = null;
  #last: number | null = null;
  #family: { readonly first: number; readonly last: number; readonly row: string } | null = null;

  constructor(faults: Faults, elsewhere: ReadonlySet<number>) {
    this.#faults = faults;
    this.#elsewhere = elsewhere;
  }

  row(row: string, cells: FamilyCells): void {
    const split = splitControlNumber(cells.controlNumber);
    const digits = cells.controlNumber.length - (split?.prefix.length ?? 0);
    if (split === null || split.prefix === '' || /[\d ]$/.test(split.prefix) || digits < LEAST_DIGITS) {
      this.#faults.add('lint-number', `${row} has no legal control number.`, 'error', { found: cells.controlNumber });
      return;
    }
    const before = this.#last;
    this.#dense(row, split.prefix, split.number);
    this.#families(row, split.number, before, cells);
  }

  /** The end of the file: the last family must be complete. */
  finish(): void {
    if (this.#family !== null && this.#last !== null && this.#last < this.#family.last) this.#open();
  }

  #dense(row: string, prefix: string, number: number): void {
    if (this.#prefix !== null && prefix !== this.#prefix) {
      this.#faults.add('lint-number', `${row} has another prefix than the row before.`, 'error', {
        expected: this.#prefix,
        found: prefix,
      });
      this.#last = null;
      this.#family = null;
    }
    this.#prefix = prefix;
    const last = this.#last;
    this.#last = number;
    if (last === null || number === last + 1) return;
    if (number <= last) {
      this.#faults.add('lint-number', `${row} does not come after the row before: numbers rise, each once.`);
      return;
    }
    for (let missing = last + 1; missing < number; missing++) {
      if (this.#elsewhere.has(missing)) continue;
      this.#faults.add(
        'lint-number',
        `Between ${row} and the row before numbers are missing, from ${prefix}${missing} on.`,
      );
      return;
    }
  }

  #families(row: string, number: number, before: number | null, { first, last, parent }: FamilyCells): void {
    const begin = first === '' ? number : (splitControlNumber(first)?.number ?? Number.NaN);
    const end =
      last === ''
        ? this.#family?.first === begin
          ? this.#family.last
          : begin
        : (splitControlNumber(last)?.number ?? Number.NaN);
    const open = this.#family;
    if (open === null || begin !== open.first) {
      if (open !== null && before !== null && before < open.last) this.#open();
      this.#family = { first: begin, last: end, row };
      if (begin !== number && first !== '') {
        this.#faults.add('lint-family', `${row} is of the family of ${first}, which does not stand before it.`);
      }
    } else if (last !== '' && end !== open.last) {
      this.#faults.add(
        'lint-family',
        `${row} says that its family ends with ${last}, and its first document says otherwise.`,
      );
    }
    if (!(begin <= number) || (last !== '' && !(number <= end))) {
      this.#faults.add('lint-family', `${row} does not lie within its own family, ${first} to ${last}.`);
    }
    const parentNumber = parent === '' ? null : (splitControlNumber(parent)?.number ?? Number.NaN);
    if (parentNumber !== null && !(parentNumber >= begin && parentNumber < number)) {
      this.#faults.add(
        'lint-family',
        `${row} names ${parent} as its parent, which does not stand before it in its family.`,
      );
    }
  }

  #open(): void {
    const family = this.#family;
    if (family !== null)
      this.#faults.add('lint-family', `The family of ${family.row} is not closed: its last document is missing.`);
    this.#family = null;
  }
}
