import type { Finding } from '../model/index.ts';
import type { Family } from './document.ts';

/** Findings of one kind are named up to here; the rest is counted. */
const NAMED = 100;

/** Messages with one Message Identification Hash and different content: the same Message-ID stands for two mails. */
export class Collisions {
  /** 96 bits of the MIH to 48 bits of the content's hash. */
  readonly #seen = new Map<string, number>();
  readonly #findings: Finding[] = [];
  #more = 0;

  take({ documents }: Family): void {
    for (const { part, record, controlNumber } of documents) {
      const { mih, contentHash } = record.identity;
      if (part !== null || mih === null || contentHash === null) continue;
      const key = mih.slice(0, 24);
      const content = Number.parseInt(contentHash.slice(0, 12), 16);
      const known = this.#seen.get(key);
      if (known === undefined) this.#seen.set(key, content);
      else if (known !== content && this.#findings.length < NAMED) {
        this.#findings.push({
          check: 'mih-collision',
          severity: 'warning',
          message: `${controlNumber} has the Message-ID of an earlier message and other content.`,
          record: record.id,
          entry: record.source.entry,
        });
      } else if (known !== content) this.#more++;
    }
  }

  findings(): Finding[] {
    if (this.#more === 0) return this.#findings;
    const message = `${this.#more} more such messages.`;
    return [...this.#findings, { check: 'mih-collision', severity: 'warning', message }];
  }
}
