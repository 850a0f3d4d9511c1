import { type Issue, type IssueCode, issue } from '../model/index.ts';

/** Issues kept of one item or file: a file of a million broken lines must not become a million issues. */
export const ISSUE_LIMIT = 100;

const NONE: readonly Issue[] = [];

/** Collects issues, each sentence once, and counts what it does not keep. Most items have none: it then holds nothing. */
export class IssueList {
  #kept: Map<string, Issue> | null = null;
  #omitted = 0;

  add(code: IssueCode, message: string, part?: string): void {
    this.#kept ??= new Map();
    if (this.#kept.size >= ISSUE_LIMIT) {
      this.#omitted++;
      return;
    }
    const key = `${code} ${part ?? ''} ${message}`;
    if (!this.#kept.has(key)) this.#kept.set(key, issue(code, message, part));
  }

  /** All that was kept, then how many were not. */
  list(): readonly Issue[] {
    if (this.#kept === null) return NONE;
    const kept = [...this.#kept.values()];
    return this.#omitted === 0
      ? kept
      : [...kept, issue('ISSUES_OMITTED', `${this.#omitted} more issues are not listed.`)];
  }
}

/** A short quotation of what was read, safe to print: control characters and length are taken out of it. */
export function quote(text: string): string {
  const plain = text.slice(0, 48).replace(/[\p{Cc}\u2028\u2029]/gu, '�');
  return `"${plain}${text.length > 48 ? '…' : ''}"`;
}
