import { expect, test } from 'vitest';
import { failureOf, HookFailure } from '../../src/hook/failure.ts';
import { jsonLog, logReporter, placeOf } from '../../src/hook/log.ts';
import { readSettings } from '../../src/hook/settings.ts';
import { MailproofError } from '../../src/model/index.ts';

test('what CloudFormation leaves empty is not set', () => {
  expect(readSettings({ MAILPROOF_WEBHOOK_URL: '', MAILPROOF_ORGANIZATION: '', MAILPROOF_WORKERS: '' })).toEqual({
    organizationId: null,
    topicArn: null,
    eventBus: null,
    webhook: null,
    stateMachineArn: null,
    kmsKeyId: null,
    pins: {},
    singleRunOctets: 4 * 1024 ** 3,
    workers: null,
  });
});

test('pins of client-side encryption', () => {
  const { pins } = readSettings({
    MAILPROOF_ENCRYPTION_CONTEXT: '{"case":"a=b,c"}',
    MAILPROOF_DECRYPT_KEY_ID: 'k',
    MAILPROOF_DECRYPT_ACCOUNT: '123456789012',
  });
  expect(pins).toEqual({
    expectedContext: { case: 'a=b,c' },
    expectedKeyId: 'k',
    expectedAccountId: '123456789012',
  });
});

test.each([
  [{ MAILPROOF_ORGANIZATION: 'm-1' }, 'MAILPROOF_ORGANIZATION'],
  [{ MAILPROOF_SINGLE_RUN_OCTETS: 'many' }, 'MAILPROOF_SINGLE_RUN_OCTETS'],
  [{ MAILPROOF_WORKERS: '0' }, 'MAILPROOF_WORKERS'],
  [{ MAILPROOF_ENCRYPTION_CONTEXT: 'short' }, 'MAILPROOF_ENCRYPTION_CONTEXT'],
  [{ MAILPROOF_ENCRYPTION_CONTEXT: '{"short":1}' }, 'MAILPROOF_ENCRYPTION_CONTEXT'],
  [{ MAILPROOF_DECRYPT_ACCOUNT: 'short' }, 'MAILPROOF_DECRYPT_ACCOUNT'],
  [{ MAILPROOF_WEBHOOK_URL: 'https://example.com' }, 'MAILPROOF_WEBHOOK_SECRET'],
  [{ MAILPROOF_WEBHOOK_URL: 'https://example.com', MAILPROOF_WEBHOOK_SECRET: 'short' }, 'MAILPROOF_WEBHOOK_SECRET'],
])('%j is refused by the variable’s name, never its value', (environment, name) => {
  const read = () => readSettings(environment);
  expect(read).toThrow(name);
  expect(read).not.toThrow('short');
});

test.each([
  ['TEMPORARY', true],
  ['TIMEOUT', true],
  ['JOB_NOT_COMPLETED', true],
  ['SOURCE_CHANGED', true],
  ['JOB_FAILED', false],
  ['KEY_DISABLED', false],
  ['ARCHIVE_DAMAGED', false],
  ['UNEXPECTED', false],
] as const)('%s: a retry helps: %s', (code, retryable) => {
  const failure = failureOf(new MailproofError(code, 'secret@example.com'));
  expect(failure).toMatchObject({ code, retryable, name: retryable ? 'MailproofRetryable' : 'MailproofPermanent' });
  expect(JSON.stringify([failure.message, failure.stack])).not.toContain('secret');
});

test('a bug is permanent, and a failure passes through', () => {
  const bug = failureOf(new TypeError('x of undefined'));
  expect(bug).toMatchObject({ code: 'UNEXPECTED', retryable: false });
  expect(failureOf(bug)).toBe(bug);
  expect(failureOf('text')).toBeInstanceOf(HookFailure);
});

test('logs are JSON lines that name no place', () => {
  const lines: string[] = [];
  let now = 0;
  const log = jsonLog((line) => lines.push(line), { service: 'mailproof' });
  const reporter = logReporter(log, placeOf('exports', 'anna@example.com.zip'), () => now);
  const progress = {
    phase: 'read',
    bytes: 1,
    totalBytes: 2,
    entries: 3,
    totalEntries: 4,
    records: 5,
    issues: 6,
  } as const;
  reporter.progress(progress);
  now = 31_000;
  reporter.progress(progress);
  reporter.note('anna@example.com');
  reporter.finding({ check: 'archive-digest', severity: 'error', message: 'anna@example.com differs' });
  reporter.finding({ check: 'fine', severity: 'info', message: '' });
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: 'info', message: 'progress', bytes: 1, service: 'mailproof' }),
    expect.objectContaining({ level: 'warn', message: 'finding', check: 'archive-digest' }),
  ]);
  expect(lines.join('')).not.toContain('anna');
});
