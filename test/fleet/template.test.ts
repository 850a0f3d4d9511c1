// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are CloudFormation's
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { STATE_MACHINE, TEMPLATE } from '../../src/fleet/index.ts';

const FILE = resolve(import.meta.dirname, '../../src/fleet/template.json');
const statement = z.object({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.unknown().optional(),
  Action: z.union([z.string(), z.array(z.string())]),
  Resource: z.unknown().optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});
const document = z.object({ Statement: z.array(statement) });
const resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()),
  DeletionPolicy: z.string().optional(),
});
const { Resources } = z.object({ Resources: z.record(z.string(), resource) }).parse(TEMPLATE);
const roleSchema = z.object({
  AssumeRolePolicyDocument: document,
  Policies: z.array(z.object({ PolicyName: z.string(), PolicyDocument: document })),
});
const roleOf = (name: string) => roleSchema.parse(Resources[name]?.Properties);
const statementsOf = (name: string) => roleOf(name).Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
const actionsOf = (name: string) =>
  statementsOf(name)
    .flatMap(({ Action }) => Action)
    .sort();
const ofType = (type: string) => Object.entries(Resources).filter(([, each]) => each.Type === type);

function* texts(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) yield* texts(each);
}

test('template.json is the template', () => {
  expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(TEMPLATE);
});

test('cfn-lint finds nothing', () => {
  try {
    execFileSync('cfn-lint', ['--version'], { stdio: 'ignore' });
  } catch {
    console.warn('skipped, cfn-lint: not installed (pip install cfn-lint)');
    return;
  }
  expect(execFileSync('cfn-lint', [FILE], { encoding: 'utf8' })).toBe('');
});

test('asl-validator finds nothing', () => {
  const validator = resolve(import.meta.dirname, '../../node_modules/.bin/asl-validator');
  if (!existsSync(validator)) {
    console.warn('skipped, asl-validator: not installed (npm install --no-save asl-validator)');
    return;
  }
  const path = join(tmpdir(), `mailproof-${process.pid}.asl.json`);
  writeFileSync(path, JSON.stringify(STATE_MACHINE));
  try {
    expect(execFileSync(validator, ['--json-path', path], { encoding: 'utf8' })).toContain('is valid');
  } finally {
    rmSync(path);
  }
});

describe('what is kept and closed', () => {
  test('bucket: no public access, versions, EventBridge, its own key; kept with its key when the stack goes', () => {
    expect(Resources['ExportBucket']).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      },
    });
    expect(Resources['ExportKey']?.DeletionPolicy).toBe('Retain');
    const [tls] = document.parse(Resources['ExportBucketPolicy']?.Properties['PolicyDocument']).Statement;
    expect(tls).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
  });

  test('the rule wakes for archives, the queue takes messages from the rule alone, and what fails is kept', () => {
    expect(Resources['ExportWritten']?.Properties['EventPattern']).toMatchObject({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { object: { key: [{ suffix: '.zip' }] } },
    });
    const [only] = document.parse(Resources['HookQueuePolicy']?.Properties['PolicyDocument']).Statement;
    expect(only?.Condition).toEqual({ ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['ExportWritten', 'Arn'] } } });
    expect(Resources['HookQueue']?.Properties['RedrivePolicy']).toMatchObject({
      deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] },
    });
    expect(Resources['HookMessages']?.Properties['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
    expect(ofType('AWS::CloudWatch::Alarm').map(([name]) => name)).toEqual([
      'DeadLetterAlarm',
      'FleetAlarm',
      'HookAlarm',
    ]);
  });

  test('the queue hides a message for six times the function’s time limit', () => {
    const [timeout, hidden] = [
      Resources['HookFunction']?.Properties['Timeout'],
      Resources['HookQueue']?.Properties['VisibilityTimeout'],
    ];
    expect(Number(hidden)).toBeGreaterThanOrEqual(6 * Number(timeout));
  });
});

describe('who may do what', () => {
  test('WorkMail takes its role for this organization of this account only', () => {
    const [trust] = roleOf('ExportRole').AssumeRolePolicyDocument.Statement;
    expect(trust).toMatchObject({
      Principal: { Service: 'export.workmail.amazonaws.com' },
      Condition: {
        StringEquals: { 'aws:SourceAccount': { 'Fn::Sub': '${AWS::AccountId}' } },
        ArnLike: {
          'aws:SourceArn': {
            'Fn::Sub': 'arn:${AWS::Partition}:workmail:${AWS::Region}:${AWS::AccountId}:organization/${OrganizationId}',
          },
        },
      },
    });
    expect(actionsOf('ExportRole')).toEqual(
      [
        's3:AbortMultipartUpload',
        's3:PutObject',
        's3:GetBucketPolicyStatus',
        'kms:Decrypt',
        'kms:GenerateDataKey',
      ].sort(),
    );
  });

  test('a reader writes nothing', () => {
    expect(actionsOf('ReaderRole')).toEqual([
      'kms:Decrypt',
      'kms:DescribeKey',
      's3:GetObject',
      's3:GetObjectVersion',
      's3:ListBucket',
    ]);
  });

  test.each(['HookRole', 'FleetRole'])(
    '%s cannot write over an archive, nor remove anything but its own work',
    (name) => {
      for (const { Action, Resource } of statementsOf(name)) {
        const actions = [Action].flat();
        const where = [...texts(Resource)];
        if (actions.includes('s3:PutObject')) expect(where).toEqual([expect.stringMatching(/\/\*\.mailproof\/\*$/)]);
        if (actions.includes('s3:DeleteObject'))
          expect(where).toEqual([expect.stringMatching(/\.mailproof\/\*\/work\/\*$/)]);
      }
      expect(actionsOf(name)).toContain('s3:DeleteObject');
      expect(actionsOf(name)).not.toContain('workmail:StartMailboxExportJob');
    },
  );

  test('no role has a wildcard action, and only the account’s own key policy a wildcard resource', () => {
    for (const [name] of ofType('AWS::IAM::Role')) {
      for (const { Action, Resource } of statementsOf(name)) {
        for (const action of [Action].flat()) expect(action).not.toContain('*');
        expect(Resource).not.toBe('*');
      }
    }
  });

  test('the key is used through S3, and for these objects', () => {
    for (const name of ['ExportRole', 'ReaderRole', 'HookRole']) {
      for (const { Action, Condition } of statementsOf(name)) {
        if (![Action].flat().some((action) => action === 'kms:Decrypt' || action === 'kms:GenerateDataKey')) continue;
        expect(Object.keys(Condition?.['StringLike'] ?? {})).toEqual(['kms:EncryptionContext:aws:s3:arn']);
        expect(Object.keys(Condition?.['StringEquals'] ?? {})).toEqual(['kms:ViaService']);
      }
    }
  });
});

test('every map tolerates no failure, every call of the function is retried by name', () => {
  let maps = 0;
  let calls = 0;
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    const state = z
      .object({
        Type: z.string().optional(),
        ToleratedFailurePercentage: z.number().optional(),
        Resource: z.unknown().optional(),
        Retry: z.array(z.object({ ErrorEquals: z.array(z.string()) })).optional(),
      })
      .safeParse(value);
    if (state.success && state.data.Type === 'Map') {
      maps++;
      expect(state.data.ToleratedFailurePercentage).toBe(0);
    }
    if (state.success && state.data.Type === 'Task' && state.data.Resource === 'arn:aws:states:::lambda:invoke') {
      calls++;
      const names = state.data.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals) ?? [];
      expect(names).toContain('MailproofRetryable');
      expect(names).not.toContain('States.ALL');
      expect(names).not.toContain('MailproofPermanent');
    }
    Object.values(value).forEach(visit);
  };
  visit(STATE_MACHINE);
  expect([maps, calls]).toEqual([2, 4]);
});
