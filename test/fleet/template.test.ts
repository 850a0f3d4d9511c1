// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are CloudFormation's
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { buildProgram } from '../../src/cli/program.ts';
import { clientKeyPolicy, STATE_MACHINE, TEMPLATE } from '../../src/fleet/index.ts';

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
  Condition: z.string().optional(),
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

  test.each(['HookRole', 'FleetRole', 'TaskRole'])(
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
    const parts = ofType('AWS::IAM::RolePolicy').concat(ofType('AWS::IAM::Policy'));
    const ofPolicies = parts.flatMap(([, each]) => document.parse(each.Properties['PolicyDocument']).Statement);
    for (const statements of [...ofType('AWS::IAM::Role').map(([name]) => statementsOf(name)), ofPolicies]) {
      for (const { Action, Resource } of statements) {
        for (const action of [Action].flat()) expect(action).not.toContain('*');
        expect(Resource).not.toBe('*');
      }
    }
  });

  test('the key is used through S3, and for these objects', () => {
    for (const name of ['ExportRole', 'ReaderRole', 'HookRole', 'FleetRole', 'TaskRole']) {
      for (const { Action, Condition } of statementsOf(name)) {
        if (![Action].flat().some((action) => action === 'kms:Decrypt' || action === 'kms:GenerateDataKey')) continue;
        expect(Object.keys(Condition?.['StringLike'] ?? {})).toEqual(['kms:EncryptionContext:aws:s3:arn']);
        expect(Object.keys(Condition?.['StringEquals'] ?? {})).toEqual(['kms:ViaService']);
      }
    }
  });
});

describe('what a client encrypted', () => {
  test('its data keys are unwrapped by KMS itself, with that key alone; not a way around what is read through S3', () => {
    const { Condition, Properties } = Resources['ClientKeyUse'] ?? {};
    expect(Condition).toBe('HasClientKey');
    const [only, ...more] = document.parse(Properties?.['PolicyDocument']).Statement;
    expect(more).toEqual([]);
    expect(only).toMatchObject({
      Action: 'kms:Decrypt',
      Resource: { Ref: 'ClientKeyArn' },
      Condition: { Null: { 'kms:ViaService': 'true' } },
    });
    expect(Properties?.['Roles']).toEqual([
      { Ref: 'ReaderRole' },
      { Ref: 'HookRole' },
      { Ref: 'FleetRole' },
      { 'Fn::If': ['HasContainers', { Ref: 'TaskRole' }, { Ref: 'AWS::NoValue' }] },
    ]);
  });

  test('a policy for given pairs names them as the encryption context', () => {
    const [only] = document.parse(clientKeyPolicy('arn:aws:kms:eu-west-1:1:key/1', { case: '7' })).Statement;
    expect(only?.Condition).toEqual({
      Null: { 'kms:ViaService': 'true' },
      StringEquals: { 'kms:EncryptionContext:case': '7' },
    });
  });

  test('the functions have room to spool a message of it, and know which pairs are accepted', () => {
    for (const name of ['HookFunction', 'FleetFunction']) {
      expect(Resources[name]?.Properties).toMatchObject({
        EphemeralStorage: { Size: 10_240 },
        Environment: { Variables: { MAILPROOF_ENCRYPTION_CONTEXT: { Ref: 'ClientEncryptionContext' } } },
      });
    }
  });
});

describe('what exceeds fifteen minutes', () => {
  const container = z.object({
    Name: z.string(),
    Image: z.unknown(),
    StopTimeout: z.number(),
    LogConfiguration: z.unknown(),
    Environment: z.array(z.object({ Name: z.string(), Value: z.unknown() })),
  });

  test('a Fargate task with the program’s image: only where an image is given', () => {
    const ofContainers = [
      'TaskCluster',
      'TaskLogs',
      'TaskRole',
      'TaskExecutionRole',
      'TaskDefinition',
      'RunContainers',
    ];
    for (const name of ofContainers) expect(Resources[name]?.Condition, name).toBe('HasContainers');
    const definition = Resources['TaskDefinition']?.Properties ?? {};
    expect(definition).toMatchObject({
      RequiresCompatibilities: ['FARGATE'],
      NetworkMode: 'awsvpc',
      EphemeralStorage: { SizeInGiB: { Ref: 'TaskStorage' } },
      TaskRoleArn: { 'Fn::GetAtt': ['TaskRole', 'Arn'] },
      ExecutionRoleArn: { 'Fn::GetAtt': ['TaskExecutionRole', 'Arn'] },
    });
    const [only, ...more] = z.array(container).parse(definition['ContainerDefinitions']);
    expect(more).toEqual([]);
    expect(only).toMatchObject({
      Name: 'mailproof',
      Image: { Ref: 'ContainerImage' },
      LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-group': { Ref: 'TaskLogs' } } },
    });
    expect(only?.Environment.map(({ Name }) => Name)).toEqual([
      'AWS_REGION',
      'MAILPROOF_KMS_KEY_ID',
      'MAILPROOF_ENCRYPTION_CONTEXT',
    ]);
    // Fargate's limit.
    expect(only?.StopTimeout).toBeLessThanOrEqual(120);
  });

  test('the state machine may start this task in this cluster, and give it its two roles', () => {
    const statements = document.parse(Resources['RunContainers']?.Properties['PolicyDocument']).Statement;
    expect(statements.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      ['ecs:RunTask', { Ref: 'TaskDefinition' }],
      [['ecs:StopTask', 'ecs:DescribeTasks'], { 'Fn::Sub': expect.stringContaining(':task/${TaskCluster}/*') }],
      ['iam:PassRole', [{ 'Fn::GetAtt': ['TaskRole', 'Arn'] }, { 'Fn::GetAtt': ['TaskExecutionRole', 'Arn'] }]],
    ]);
    expect(statements[0]?.Condition).toEqual({
      ArnEquals: { 'ecs:cluster': { 'Fn::GetAtt': ['TaskCluster', 'Arn'] } },
    });
  });

  test('the state machine names the cluster, or nothing where there is none', () => {
    expect(Resources['Fleet']?.Properties['DefinitionSubstitutions']).toMatchObject({
      TaskCluster: { 'Fn::If': ['HasContainers', { 'Fn::GetAtt': ['TaskCluster', 'Arn'] }, ''] },
      TaskDefinition: { 'Fn::If': ['HasContainers', { Ref: 'TaskDefinition' }, ''] },
    });
    const placeholders = [...JSON.stringify(STATE_MACHINE).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    const substitutions = Object.keys(Object(Resources['Fleet']?.Properties['DefinitionSubstitutions']));
    expect(new Set(placeholders)).toEqual(new Set(substitutions));
  });

  test('the commands of the tasks are commands of the program', () => {
    const program = buildProgram(async () => undefined);
    const fleet = program.commands.find((each) => each.name() === 'fleet');
    const commands = [...JSON.stringify(STATE_MACHINE).matchAll(/States\.Array\('fleet', '(\w+)'([^"]*)/g)];
    expect(new Set(commands.map(([, name]) => name))).toEqual(new Set(['digest', 'shard', 'whole']));
    for (const [, name, rest = ''] of commands) {
      const known = fleet?.commands.find((each) => each.name() === name)?.options.map(({ long }) => long);
      for (const [, option] of rest.matchAll(/'(--[\w-]+)'/g)) expect(known, name).toContain(option);
    }
  });

  test('the recipe of the image starts the program this package installs', () => {
    const root = resolve(import.meta.dirname, '../..');
    const recipe = readFileSync(join(root, 'src/fleet/container/Dockerfile'), 'utf8');
    const { name, bin } = z
      .object({ name: z.string(), bin: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
    expect(recipe).toContain('FROM node:22-slim');
    expect(recipe).toContain(`ENTRYPOINT ["node", "/usr/local/lib/node_modules/${name}/${bin[name]}"]`);
    expect(recipe).toMatch(/^USER node$/m);
  });

  test('every resource and condition that is named is there', () => {
    const names = new Set([...Object.keys(Resources), ...Object.keys(TEMPLATE['Parameters'] ?? {})]);
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      const named = z
        .object({ Ref: z.string().optional(), 'Fn::GetAtt': z.tuple([z.string(), z.string()]).optional() })
        .safeParse(value);
      const name = named.success ? (named.data.Ref ?? named.data['Fn::GetAtt']?.[0]) : undefined;
      if (name !== undefined && !name.startsWith('AWS::')) expect(names).toContain(name);
      Object.values(value).forEach(visit);
    };
    visit(TEMPLATE);
    for (const [, name] of JSON.stringify(TEMPLATE['Resources']).matchAll(/"Fn::If":\["(\w+)"/g))
      expect(Object.keys(TEMPLATE['Conditions'] ?? {})).toContain(name);
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
