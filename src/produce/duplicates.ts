import type { DedupeScope } from './options.ts';

/** Between the names of a path: no name holds it, as one may hold a slash. */
export const NAME_END = '\0';

/** Copies by the first family's hash: 12 hexadecimal digits of a hash as a number, and where each copy lies. */
interface Group {
  primary: string;
  custodians: number | Set<number>;
  paths: number | Set<number>;
  count: number;
}

/** One number needs no set: most families have no copy. */
const including = (numbers: number | Set<number>, number: number): number | Set<number> =>
  typeof numbers === 'number' ? (numbers === number ? numbers : new Set([numbers, number])) : numbers.add(number);
const listed = (numbers: number | Set<number>): number[] => (typeof numbers === 'number' ? [numbers] : [...numbers]);

/** Words kept once, known by a number. */
class Words {
  readonly #numbers = new Map<string, number>();
  readonly #words: string[] = [];

  number(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    this.#numbers.set(word, this.#words.length);
    this.#words.push(word);
    return this.#words.length - 1;
  }

  word(number: number): string {
    return this.#words[number] ?? '';
  }
}

/** What is known of the copies of one family. */
export interface DuplicateGroup {
  readonly primary: string;
  readonly custodians: readonly string[];
  /** Custodian and folder names, each ended by `NAME_END` but the last. */
  readonly paths: readonly string[];
  readonly count: number;
}

/**
 * Groups families by content. Nothing is removed by it: a group says which family came first, who else has a copy and
 * where. A group costs some 200 octets; paths and custodians are kept once.
 */
export class DuplicateGroups {
  readonly #scope: DedupeScope;
  readonly #groups = new Map<string, Group>();
  readonly #custodians = new Words();
  readonly #paths = new Words();
  duplicates = 0;

  constructor(scope: DedupeScope) {
    this.#scope = scope;
  }

  #key(hash: string, custodian: string): string {
    // 96 bits: among a hundred million families two that differ meet once in a trillion runs.
    const short = hash.slice(0, 24);
    return this.#scope === 'custodian' ? `${short}${this.#custodians.number(custodian)}` : short;
  }

  /** Counts a family. `hash` is null where nothing can be said of its content: it is then nobody's copy. */
  add(hash: string | null, controlNumber: string, custodian: string, path: string): void {
    if (this.#scope === 'none' || hash === null) return;
    const key = this.#key(hash, custodian);
    const custodians = this.#custodians.number(custodian);
    const paths = this.#paths.number(path);
    const group = this.#groups.get(key);
    if (group === undefined) {
      this.#groups.set(key, {
        primary: controlNumber,
        custodians,
        paths,
        count: 1,
      });
      return;
    }
    group.custodians = including(group.custodians, custodians);
    group.paths = including(group.paths, paths);
    group.count++;
    this.duplicates++;
  }

  /** The group of a family; null where copies are not looked for. */
  of(hash: string | null, custodian: string): DuplicateGroup | null {
    const group = hash === null ? undefined : this.#groups.get(this.#key(hash, custodian));
    if (group === undefined) return null;
    return {
      primary: group.primary,
      custodians: listed(group.custodians).map((number) => this.#custodians.word(number)),
      paths: listed(group.paths).map((number) => this.#paths.word(number)),
      count: group.count,
    };
  }
}
