import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { estimateCommand } from '../../src/cli/commands/estimate.ts';
import { digestCommand, planCommand, shardCommand } from '../../src/cli/commands/fleet.ts';
import { mergeCommand, wholeCommand } from '../../src/cli/commands/fleet-run.ts';
import { processOrganizationCommand, statusCommand } from '../../src/cli/commands/organization.ts';
import { policyCommand } from '../../src/cli/commands/policy.ts';
import { type Context, makePrinter } from '../../src/cli/context.ts';
import { TEMPLATE } from '../../src/fleet/index.ts';
import { systemClock } from '../../src/io/index.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { archiveOf } from './mailbox.ts';

let folder: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailproof-commands-'));
  out = '';
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function context(json = true): Context {
  const write = (text: string) => {
    out += text;
  };
  const terminal = { color: false, interactive: false, now: () => 0, out: write, err: write };
  return {
    printer: makePrinter({ json }, terminal),
    clock: { ...systemClock, sleep: async () => systemClock.sleep(5) },
    signal: new AbortController().signal,
    environment: process.env,
    out: write,
  };
}
const linesOf = () =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const ORGANIZATION = 'm-0123456789abcdef0123456789abcdef';

describe('fleet', () => {
  test('plan, shard, digest and merge on a disk, and the merge refused before they are done', async () => {
    const source = join(folder, 'archive.zip');
    writeFileSync(source, await archiveOf(600));
    const dest = join(folder, 'out');
    const options = { source };
    expect(await planCommand(context(), dest, { ...options, shardSize: 1 })).toBe(0);
    const { shards } = linesOf().at(-1);
    expect(shards.length).toBeGreaterThan(1);
    await expect(mergeCommand(context(), dest, options)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
    for (const { shard } of shards)
      expect(await shardCommand(context(), dest, { ...options, shard, workers: 1 })).toBe(0);
    expect(await digestCommand(context(), dest, options)).toBe(0);
    out = '';
    expect(await mergeCommand(context(), dest, options)).toBe(0);
    expect(linesOf().at(-1)).toMatchObject({ message_type: 'summary', balanced: true });
  });

  test('an archive that cannot be split is damaged, and says what to do: one machine, then the merge', async () => {
    const source = join(folder, 'archive.zip');
    writeFileSync(source, (await archiveOf(20)).subarray(0, -300));
    const dest = join(folder, 'out');
    expect(await planCommand(context(false), dest, { source })).toBe(8);
    expect(out).toContain('mailproof fleet whole');
    // As the state machine writes it for a bucket without versions.
    const options = { source, versionId: 'null', workers: 1 };
    expect(await wholeCommand(context(), dest, options)).toBe(0);
    const root = readFileSync(join(dest, 'manifest.json'), 'utf8');
    // Tried again, as a task is that was stopped after it had finished.
    expect(await wholeCommand(context(), dest, options)).toBe(0);
    expect(readFileSync(join(dest, 'manifest.json'), 'utf8')).toBe(root);
    out = '';
    expect(await mergeCommand(context(), dest, options)).toBe(4);
    expect(linesOf().at(-1)).toMatchObject({ message_type: 'summary', verdict: 'INCOMPLETE', told: [] });
  });

  test('merge tells whom the hook’s variables name, once', async () => {
    const source = join(folder, 'archive.zip');
    writeFileSync(source, await archiveOf(20));
    const dest = join(folder, 'out');
    const told: unknown[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => {
        told.push(JSON.parse(body));
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    const environment = {
      MAILPROOF_WEBHOOK_URL: `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/`,
      MAILPROOF_WEBHOOK_SECRET: 's'.repeat(16),
    };
    try {
      const options = { source };
      await planCommand(context(), dest, options);
      await shardCommand(context(), dest, { ...options, shard: 0, workers: 1 });
      await digestCommand(context(), dest, options);
      expect(await mergeCommand({ ...context(), environment }, dest, options)).toBe(0);
      expect(linesOf().at(-1)).toMatchObject({ verdict: 'UNPROVEN', told: ['webhook'] });
      expect(await mergeCommand({ ...context(), environment }, dest, options)).toBe(0);
      expect(linesOf().at(-1)).toMatchObject({ verdict: 'UNPROVEN', told: [] });
      expect(told).toMatchObject([{ type: 'processed', verdict: 'UNPROVEN', archive: null }]);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('estimate shows the arithmetic', async () => {
    expect(await estimateCommand(context(false), { mailboxes: 10_000, gigabytes: 20 })).toBe(0);
    expect(out).toMatch(/Lambda +[\d,]+ GiB-seconds × \$0\.0000133 = \$\d/);
    expect(out).toMatch(/Prices +us-east-1, 2026-03/);
  });

  test('estimate with the rates of a file', async () => {
    const rates = join(folder, 'rates.json');
    writeFileSync(rates, JSON.stringify({ asOf: '2027-01', source: 'our bill', prices: { lambdaGibibyteSecond: 1 } }));
    expect(await estimateCommand(context(false), { mailboxes: 1, gigabytes: 20, rates })).toBe(0);
    expect(out).toMatch(/Lambda +[\d,]+ GiB-seconds × \$1\.00 = \$\d/);
    expect(out).toMatch(/Prices +us-east-1, 2027-01, on demand \(our bill\)/);
    const missing = { mailboxes: 1, gigabytes: 20, rates: join(folder, 'none.json') };
    await expect(estimateCommand(context(), missing)).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  });
});

describe('policy', () => {
  const names = {
    organization: ORGANIZATION,
    account: '123456789012',
    region: 'eu-west-1',
    bucket: 'exports',
    prefix: '2026/',
    kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    roleName: 'WorkMailExport',
  };

  test('prints every policy for the names, as JSON that IAM takes', async () => {
    expect(await policyCommand(context(), { ...names, json: true })).toBe(0);
    const [{ policies, note }] = linesOf();
    expect(Object.keys(policies)).toHaveLength(6);
    expect(JSON.stringify(policies)).not.toContain('${');
    expect(policies['export role: permissions'].Statement[1].Condition.StringLike).toEqual({
      'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::exports/2026/*',
    });
    expect(note).toContain('encryption context');
  });

  test('with a Bucket Key the context is the bucket', async () => {
    await policyCommand(context(false), { ...names, bucketKey: true });
    expect(out).toContain('"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::exports"');
    expect(out).not.toContain('"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::exports/2026/*"');
  });

  test('what a client encrypted needs a statement of its own, under the pairs that are given', async () => {
    const clientKeyArn = 'arn:aws:kms:eu-west-1:123456789012:key/client';
    await policyCommand(context(), { ...names, clientKeyArn, clientContext: ['case=7', 'aws:name=a b'] });
    const [{ policies }] = linesOf();
    expect(policies['client-side encryption: beside reader and writer'].Statement).toMatchObject([
      {
        Resource: clientKeyArn,
        Condition: {
          Null: { 'kms:ViaService': 'true' },
          StringEquals: { 'kms:EncryptionContext:case': '7', 'kms:EncryptionContext:aws:name': 'a b' },
        },
      },
    ]);
    for (const wrong of [{ clientKeyArn: '*' }, { clientKeyArn, clientContext: ['case=*'] }]) {
      await expect(policyCommand(context(), { ...names, ...wrong })).rejects.toMatchObject({ code: 'USAGE' });
    }
  });

  test('--template is the template', async () => {
    await policyCommand(context(false), { prefix: '', roleName: 'x', template: true });
    expect(JSON.parse(out)).toEqual(TEMPLATE);
  });

  test.each([
    ['nothing', { bucket: undefined }],
    ['a wildcard', { prefix: '*' }],
    ['another account', { account: '12' }],
    ['a bucket with a slash', { bucket: 'a/b' }],
  ])('%s is a usage error', async (_, change) => {
    const { bucket, ...rest } = { ...names, ...change };
    const options = bucket === undefined ? rest : { ...rest, bucket };
    await expect(policyCommand(context(), options)).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('organization', () => {
  test('dry run, process to the table, status again; half a target is a usage error', async () => {
    const sandbox = await startSandbox({
      jobs: { duration: 10 },
      mailboxes: ['anna', 'boris'].map((name, seed) => ({ name, content: { kind: 'generated', seed, messages: 5 } })),
    });
    const before = { ...process.env };
    Object.assign(process.env, sandbox.environment);
    try {
      const target = { roleArn: sandbox.roleArn, kmsKeyArn: sandbox.keyArn, bucket: sandbox.bucket, prefix: 'x' };
      const options = { out: join(folder, 'evidence'), workers: 1, poll: 5 };
      const id = sandbox.organizationId;
      expect(await processOrganizationCommand(context(), id, { ...options, ...target, dryRun: true })).toBe(0);
      expect(sandbox.organization.jobs).toEqual([]);
      expect(linesOf().at(-1)).toMatchObject({ mailboxes: 2 });
      out = '';
      expect(await processOrganizationCommand(context(false), id, { ...options, ...target })).toBe(0);
      expect(out).toMatch(/anna@example\.com +processed +\d+ +\d+ +COMPLETE/);
      out = '';
      expect(await statusCommand(context(), options)).toBe(0);
      expect(linesOf().at(-1)).toMatchObject({ counts: { COMPLETE: 2 } });
      const half = { ...options, bucket: 'x' };
      await expect(processOrganizationCommand(context(), id, half)).rejects.toMatchObject({ code: 'USAGE' });
      const nowhere = { ...options, out: join(folder, 'none') };
      await expect(statusCommand(context(), nowhere)).rejects.toMatchObject({ code: 'MANIFEST_NOT_FOUND' });
    } finally {
      for (const name of Object.keys(sandbox.environment)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
      await sandbox.close();
    }
  });
});
