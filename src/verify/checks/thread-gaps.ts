import type { Finding } from '../../model/index.ts';
import type { CheckContext, PlacedRecord, RecordCheck } from '../check.ts';
import { hash48, NumberSet } from '../number-set.ts';

/**
 * Messages that others in the export answer and that are not in it: evidence of gaps, not proof. People delete mail, and
 * are added to threads late.
 */
export class ThreadGaps implements RecordCheck {
  readonly name = 'thread-gaps';
  readonly #present = new NumberSet();
  readonly #named = new NumberSet();
  #answers = 0;

  take({ record }: PlacedRecord): void {
    const { email } = record;
    if (email === undefined) return;
    for (const id of email.messageId ?? []) this.#present.add(hash48(id));
    const named = [...(email.references ?? []), ...(email.inReplyTo ?? [])];
    if (named.length > 0) this.#answers++;
    for (const id of named) this.#named.add(hash48(id));
  }

  *run(_context: CheckContext): Generator<Finding> {
    let missing = 0;
    for (const id of this.#named) if (!this.#present.has(id)) missing++;
    if (missing === 0) return;
    const share = Math.round((missing * 100) / this.#named.size);
    const message = `${this.#answers} messages answer ${this.#named.size} others, of which ${missing} (${share} %) are not in the export.`;
    yield {
      check: this.name,
      severity: 'info',
      message,
      expected: `${this.#named.size}`,
      found: `${this.#named.size - missing}`,
    };
  }
}
