import { describe, expect, test } from 'vitest';
import type { Finding, Severity } from '../../src/model/index.ts';
import { decideVerdict, VERDICT_RULES, verdictRule, type Witness } from '../../src/verify/index.ts';

const found = (severity: Severity, check: string, entry?: string): Finding => ({
  check,
  severity,
  message: `${check} says so.`,
  ...(entry !== undefined && { entry }),
});
const witness = (agrees: boolean | null): Witness => ({ name: 'output log', agrees, reading: null });

describe('the decision table', () => {
  test.each([
    { severities: [], says: [], verdict: 'UNPROVEN' },
    { severities: [], says: [null], verdict: 'UNPROVEN' },
    { severities: [], says: [true], verdict: 'COMPLETE' },
    { severities: [], says: [true, null], verdict: 'COMPLETE' },
    { severities: [], says: [false], verdict: 'INCOMPLETE' },
    { severities: [], says: [true, false], verdict: 'INCOMPLETE' },
    { severities: ['warning', 'info'], says: [], verdict: 'UNPROVEN' },
    { severities: ['warning', 'info'], says: [true], verdict: 'COMPLETE' },
    { severities: ['error'], says: [], verdict: 'INCOMPLETE' },
    { severities: ['error'], says: [true], verdict: 'INCOMPLETE' },
    { severities: ['info', 'error'], says: [true, null], verdict: 'INCOMPLETE' },
  ] as const)('findings $severities, witnesses $says: $verdict', ({ severities, says, verdict }) => {
    const findings = severities.map((severity) => found(severity, 'crc'));
    expect(decideVerdict(findings, says.map(witness)).verdict).toBe(verdict);
  });

  test('has a row for all grounds there can be, and no row in vain', () => {
    const rules = new Set(
      [true, false].flatMap((loss) =>
        [true, false].flatMap((contradicted) =>
          [true, false].map((confirmed) => verdictRule({ loss, contradicted, confirmed })),
        ),
      ),
    );
    expect(rules).toEqual(new Set(VERDICT_RULES));
  });

  test('loss is never COMPLETE, and COMPLETE never without a witness', () => {
    for (const { loss, contradicted, confirmed, verdict } of VERDICT_RULES) {
      if (verdict === 'COMPLETE')
        expect({ loss, contradicted, confirmed }).toEqual({ loss: false, contradicted: false, confirmed: true });
    }
  });
});

test('reasons stand in the order of their weight', () => {
  const findings = [
    found('info', 'thread-gaps'),
    found('warning', 'duplicates'),
    found('error', 'run-files', 'ledger.json'),
    found('error', 'job-state'),
    found('error', 'zip-directory'),
    found('error', 'crc', 'Inbox/1.eml'),
  ];
  const { reasons } = decideVerdict(findings, []);
  expect(reasons.map(({ check }) => check)).toEqual([
    'zip-directory',
    'crc',
    'job-state',
    'run-files',
    'duplicates',
    'thread-gaps',
  ]);
  expect(reasons[1]).toEqual({ check: 'crc', severity: 'error', entry: 'Inbox/1.eml', message: 'crc says so.' });
});

describe('what to do next', () => {
  test.each([
    ['crc', /Fetch it from S3 again/],
    ['some-check-of-the-archive-reader', /Fetch it from S3 again/],
    ['job-state', /Start a new one/],
    ['output-log', /Compare with the mailbox/],
    ['live-mailbox', /^The mailbox holds messages that the archive lacks/],
    ['earlier-manifest', /mailproof compare/],
    ['native-digest', /not the one that was processed/],
    ['index-rows', /Restore them from a copy/],
    ['job-key', /CloudTrail/],
    ['mid-part-end', /Some items are cut/],
  ])('about %s', (check, advice) => {
    expect(decideVerdict([found('error', check)], []).next.join('\n')).toMatch(advice);
  });

  test('is said once each, however many findings there are', () => {
    const findings = Array.from({ length: 9 }, () => found('error', 'crc'));
    expect(decideVerdict(findings, []).next).toHaveLength(1);
  });

  test('is to find a witness, or to read the log', () => {
    expect(decideVerdict([], []).next[0]).toMatch(/--output-log/);
    const log = { name: 'output log (x.json)', agrees: null, reading: null };
    expect(decideVerdict([], [log]).next[0]).toMatch(/does not speak plainly/);
  });

  test.each(['live mailbox (imaps://a@host)', 'earlier manifest'])('is not to ask %s as if it had not been', (name) => {
    const { next } = decideVerdict([], [{ name, agrees: null, reading: null }]);
    expect(next[0]).toMatch(/--output-log/);
    expect(next.join()).not.toContain('log does not speak plainly');
    expect(next.join()).toContain(`The ${name.replace(/^live | \(.*$/g, '')} did not settle it`);
  });
});
