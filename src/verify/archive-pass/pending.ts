/** What waits for its other half, by name. Names may repeat. */
export class Pending<T> {
  readonly #byName = new Map<string, T[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  put(name: string, value: T): void {
    this.#size++;
    const held = this.#byName.get(name);
    if (held === undefined) this.#byName.set(name, [value]);
    else held.push(value);
  }

  take(name: string): T | undefined {
    const held = this.#byName.get(name);
    const value = held?.pop();
    if (value === undefined) return undefined;
    this.#size--;
    if (held?.length === 0) this.#byName.delete(name);
    return value;
  }

  *[Symbol.iterator](): Generator<T> {
    for (const values of this.#byName.values()) yield* values;
  }
}
