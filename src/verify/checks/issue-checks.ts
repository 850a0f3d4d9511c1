import type { Finding } from '../../model/index.ts';
import type { CheckContext, PlacedRecord, RecordCheck } from '../check.ts';
import { bySeverity, FindingList } from '../finding-list.ts';
import { ISSUE_RULES, type IssueRule } from './issue-rules.ts';

/** Makes findings of the issues that the run recorded with its items, by the table of rules. */
class IssueCheck implements RecordCheck {
  readonly name: string;
  readonly #rules: readonly { readonly rule: IssueRule; readonly findings: FindingList }[];

  constructor(name: string) {
    this.name = name;
    this.#rules = ISSUE_RULES.filter((rule) => rule.name === name).map((rule) => ({
      rule,
      findings: new FindingList(name),
    }));
  }

  take({ record }: PlacedRecord): void {
    if (record.issues.length === 0) return;
    for (const { rule, findings } of this.#rules) {
      const issue = record.issues.find(({ code }) => (rule.codes as readonly string[]).includes(code));
      if (issue === undefined || rule.of?.(record) === false) continue;
      const { entry } = record.source;
      findings.add(rule.severity, `${entry} ${rule.says}: ${issue.message}`, { entry, record: record.id });
    }
  }

  *run({ logs }: CheckContext): Generator<Finding> {
    const found: Finding[] = [];
    for (const { rule, findings } of this.#rules) {
      const { clearedBy } = rule;
      const cleared = clearedBy !== undefined && logs.some((log) => log[clearedBy]);
      for (const finding of findings) {
        if (!cleared || finding.severity !== 'error') found.push(finding);
        else {
          const message = `${finding.message} The output log confirms that it has all its octets: it was so in the mailbox.`;
          found.push({ ...finding, severity: 'warning', message });
        }
      }
    }
    yield* found.sort(bySeverity);
  }
}

/** One check for each name in the table. */
export const issueChecks = (): RecordCheck[] =>
  [...new Set(ISSUE_RULES.map(({ name }) => name))].map((name) => new IssueCheck(name));
