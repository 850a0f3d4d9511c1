/**
 * How much work an expansion may do, in steps: a period looked at, a day tried, an instance made. Counting steps instead
 * of reading a clock makes the bound the same on every machine.
 */
export class Budget {
  #left: number;
  /** Set once the steps are spent: what was not expanded is then unknown, not absent. */
  exhausted = false;

  constructor(steps: number) {
    this.#left = steps;
  }

  /** Takes steps, or says false when there are not so many. */
  spend(steps: number): boolean {
    this.#left -= steps;
    if (this.#left < 0) this.exhausted = true;
    return !this.exhausted;
  }
}
