import { type Issue, type IssueCode, issue } from '../../model/index.ts';

/**
 * Gathers what is wrong with one field or part: each code once, so that ten thousand broken words of one field
 * are one issue.
 */
export class FieldFaults {
  readonly issues: Issue[] = [];
  private readonly part: string | undefined;

  constructor(part?: string) {
    this.part = part;
  }

  add(code: IssueCode, message: string): void {
    if (this.issues.some((known) => known.code === code)) return;
    this.issues.push(issue(code, message, this.part));
  }
}
