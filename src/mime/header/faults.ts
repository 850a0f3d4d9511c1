import { type Issue, type IssueCode, issue } from '../../model/index.ts';

/**
 * Gathers what is wrong with one field or part: each code once, so that ten thousand broken words of one field
 * are one issue.
 */
export class FieldFaults {
  /** The part or field it is about. A root's number is known only once it is known to be no multipart. */
  part: string | undefined;
  /** Made with the first fault: most fields and parts have none, and a mailbox has millions of them. */
  private messages: Map<IssueCode, string> | null = null;

  constructor(part?: string) {
    this.part = part;
  }

  get issues(): Issue[] {
    return this.messages === null ? [] : [...this.messages].map(([code, message]) => issue(code, message, this.part));
  }

  add(code: IssueCode, message: string): void {
    this.messages ??= new Map();
    if (!this.messages.has(code)) this.messages.set(code, message);
  }
}
