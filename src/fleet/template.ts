// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are CloudFormation's
import type { JsonObject, JsonValue } from '../model/index.ts';
import {
  exportPolicy,
  exportTrust,
  keyPolicy,
  type PolicyNames,
  policyDocument,
  readerPolicy,
  writerPolicy,
} from './policy.ts';
import { STATE_MACHINE } from './state-machine.ts';

const sub = (text: string): JsonValue => ({ 'Fn::Sub': text });
const ref = (name: string): JsonValue => ({ Ref: name });
const arn = (name: string): JsonValue => ({ 'Fn::GetAtt': [name, 'Arn'] });
/** Text that names nothing of CloudFormation's stays text: cfn-lint rightly objects to a Sub without a variable. */
const text = (value: string): JsonValue => (value.includes('${') ? sub(value) : value);

/** The names of the policies, as CloudFormation's pseudo parameters and the stack's own. */
const NAMES: PolicyNames = {
  partition: '${AWS::Partition}',
  region: '${AWS::Region}',
  account: '${AWS::AccountId}',
  organizationId: '${OrganizationId}',
  bucket: '${BucketName}',
  prefix: '',
  keyArn: arn('ExportKey'),
  bucketKey: false,
};

const PARAMETERS: JsonObject = {
  BucketName: { Type: 'String', Description: 'Bucket to be made for exports and manifests' },
  OrganizationId: { Type: 'String', AllowedPattern: 'm-[0-9a-f]{32}', Description: 'The WorkMail organization' },
  CodeBucket: { Type: 'String', Description: 'Bucket that holds the bundle' },
  CodeKey: { Type: 'String', Description: 'Key of the bundle: the zip of dist/lambda' },
  FunctionMemory: {
    Type: 'Number',
    Default: 3538,
    MinValue: 1769,
    MaxValue: 10240,
    Description: 'MB; 1,769 are one processor',
  },
  WebhookUrl: { Type: 'String', Default: '', Description: 'https address the verdict is posted to; empty for none' },
  WebhookSecret: { Type: 'String', Default: '', NoEcho: true, Description: 'Secret the posts are signed with' },
  TaskCluster: {
    Type: 'String',
    Default: '',
    Description: 'ECS cluster for what exceeds fifteen minutes; empty for none',
  },
  TaskDefinition: { Type: 'String', Default: '', Description: 'Its task definition, with a container named mailproof' },
  TaskSubnets: { Type: 'String', Default: '', Description: 'Its subnets, separated by commas' },
};

const trust = (service: string): JsonObject =>
  policyDocument({ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' });

const role = (assume: JsonObject, policies: Readonly<Record<string, JsonObject>>): JsonObject => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: assume,
    Policies: Object.entries(policies).map(([PolicyName, PolicyDocument]) => ({ PolicyName, PolicyDocument })),
  },
});

const logGroup = (): JsonObject => ({
  Type: 'AWS::Logs::LogGroup',
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
  Properties: { RetentionInDays: 365 },
});

const writeLogs = (...groups: readonly string[]): JsonObject =>
  policyDocument({
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: groups.map(arn),
  });

const lambda = (handler: string, roleName: string, logs: string, variables: JsonObject): JsonObject => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Runtime: 'nodejs22.x',
    Architectures: ['arm64'],
    Handler: handler,
    Code: { S3Bucket: ref('CodeBucket'), S3Key: ref('CodeKey') },
    Role: arn(roleName),
    Timeout: 900,
    MemorySize: ref('FunctionMemory'),
    LoggingConfig: { LogFormat: 'JSON', LogGroup: ref(logs) },
    Environment: { Variables: { MAILPROOF_KMS_KEY_ID: arn('ExportKey'), ...variables } },
  },
});

const alarm = (description: string, metric: JsonObject): JsonObject => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmDescription: description,
    AlarmActions: [ref('VerdictTopic')],
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 0,
    EvaluationPeriods: 1,
    Period: 300,
    TreatMissingData: 'notBreaching',
    ...metric,
  },
});

/** Exports cannot be made again after WorkMail's end: neither they nor their key go with the stack. */
const KEPT = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' } as const;

const STORE: JsonObject = {
  ExportKey: {
    Type: 'AWS::KMS::Key',
    ...KEPT,
    Properties: {
      Description: 'WorkMail exports and their manifests',
      EnableKeyRotation: true,
      PendingWindowInDays: 30,
      KeyPolicy: keyPolicy(NAMES, text),
    },
  },
  ExportBucket: {
    Type: 'AWS::S3::Bucket',
    ...KEPT,
    Properties: {
      BucketName: ref('BucketName'),
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      VersioningConfiguration: { Status: 'Enabled' },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arn('ExportKey') },
            BucketKeyEnabled: NAMES.bucketKey,
          },
        ],
      },
      LifecycleConfiguration: {
        Rules: [
          { Id: 'abandoned-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
        ],
      },
    },
  },
  ExportBucketPolicy: {
    Type: 'AWS::S3::BucketPolicy',
    Properties: {
      Bucket: ref('ExportBucket'),
      PolicyDocument: policyDocument({
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [arn('ExportBucket'), sub('${ExportBucket.Arn}/*')],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    },
  },
};

const ROLES: JsonObject = {
  ExportRole: role(exportTrust(NAMES, text), { export: exportPolicy(NAMES, text) }),
  ReaderRole: role(
    policyDocument({
      Effect: 'Allow',
      Principal: { AWS: sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:root') },
      Action: 'sts:AssumeRole',
    }),
    { reader: readerPolicy(NAMES, text) },
  ),
  HookRole: role(trust('lambda.amazonaws.com'), {
    writer: writerPolicy(NAMES, text),
    logs: writeLogs('HookLogs'),
    hook: policyDocument(
      {
        Sid: 'TakeMessages',
        Effect: 'Allow',
        Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
        Resource: arn('HookQueue'),
      },
      { Sid: 'TellTheVerdict', Effect: 'Allow', Action: 'sns:Publish', Resource: ref('VerdictTopic') },
      { Sid: 'HandOver', Effect: 'Allow', Action: 'states:StartExecution', Resource: ref('Fleet') },
    ),
  }),
  FleetRole: role(trust('lambda.amazonaws.com'), {
    writer: writerPolicy(NAMES, text),
    logs: writeLogs('FleetLogs'),
  }),
  FleetMachineRole: role(trust('states.amazonaws.com'), {
    machine: policyDocument(
      { Sid: 'RunTheFunction', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arn('FleetFunction') },
      {
        Sid: 'ReadItems',
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: sub('arn:${AWS::Partition}:s3:::${BucketName}/*.mailproof/*/work/fleet/items.json'),
      },
      {
        Sid: 'WriteResults',
        Effect: 'Allow',
        Action: ['s3:PutObject', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
        Resource: sub('arn:${AWS::Partition}:s3:::${BucketName}/*.mailproof/*/work/fleet/results/*'),
      },
      { Sid: 'UseTheKey', Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: arn('ExportKey') },
      {
        Sid: 'RunMapsAndMailboxes',
        Effect: 'Allow',
        Action: ['states:StartExecution', 'states:RedriveExecution'],
        // By name: the machine's own ARN would make role and machine wait for each other.
        Resource: sub(
          'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${AWS::StackName}-fleet',
        ),
      },
      {
        Sid: 'FollowMapsAndMailboxes',
        Effect: 'Allow',
        Action: ['states:DescribeExecution', 'states:StopExecution'],
        Resource: sub(
          'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${AWS::StackName}-fleet*',
        ),
      },
      {
        Sid: 'HearThatTheyEnded',
        Effect: 'Allow',
        Action: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        Resource: sub('arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/StepFunctions*'),
      },
    ),
  }),
};

const HOOK: JsonObject = {
  DeadLetterQueue: {
    Type: 'AWS::SQS::Queue',
    ...KEPT,
    Properties: { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true },
  },
  HookQueue: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      // Six times the function's time limit, as Lambda asks of a queue it reads.
      VisibilityTimeout: 5_400,
      MessageRetentionPeriod: 1_209_600,
      SqsManagedSseEnabled: true,
      // An export that is larger than one invocation needs several, each going on after the last.
      RedrivePolicy: { deadLetterTargetArn: arn('DeadLetterQueue'), maxReceiveCount: 8 },
    },
  },
  HookQueuePolicy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [ref('HookQueue')],
      PolicyDocument: policyDocument({
        Sid: 'OnlyTheRule',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: arn('HookQueue'),
        Condition: { ArnEquals: { 'aws:SourceArn': arn('ExportWritten') } },
      }),
    },
  },
  ExportWritten: {
    Type: 'AWS::Events::Rule',
    Properties: {
      Description: 'WorkMail wrote an archive',
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: [ref('BucketName')] }, object: { key: [{ suffix: '.zip' }] } },
      },
      Targets: [{ Id: 'hook', Arn: arn('HookQueue') }],
    },
  },
  VerdictTopic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'Mailproof verdicts' } },
  HookLogs: logGroup(),
  HookFunction: lambda('lambda.hook', 'HookRole', 'HookLogs', {
    MAILPROOF_ORGANIZATION: ref('OrganizationId'),
    MAILPROOF_SNS_TOPIC_ARN: ref('VerdictTopic'),
    MAILPROOF_STATE_MACHINE_ARN: ref('Fleet'),
    MAILPROOF_WEBHOOK_URL: ref('WebhookUrl'),
    MAILPROOF_WEBHOOK_SECRET: ref('WebhookSecret'),
  }),
  HookMessages: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: arn('HookQueue'),
      FunctionName: ref('HookFunction'),
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 20 },
    },
  },
};

const FLEET: JsonObject = {
  FleetLogs: logGroup(),
  FleetFunction: lambda('lambda.fleet', 'FleetRole', 'FleetLogs', {}),
  Fleet: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineName: sub('${AWS::StackName}-fleet'),
      StateMachineType: 'STANDARD',
      RoleArn: arn('FleetMachineRole'),
      Definition: STATE_MACHINE,
      DefinitionSubstitutions: {
        FleetFunction: arn('FleetFunction'),
        TaskCluster: ref('TaskCluster'),
        TaskDefinition: ref('TaskDefinition'),
        TaskSubnets: ref('TaskSubnets'),
      },
    },
  },
};

const CONTAINERS: JsonObject = {
  RunContainers: {
    Type: 'AWS::IAM::RolePolicy',
    Condition: 'HasCluster',
    Properties: {
      RoleName: ref('FleetMachineRole'),
      PolicyName: 'containers',
      PolicyDocument: policyDocument(
        {
          Sid: 'RunTasks',
          Effect: 'Allow',
          Action: 'ecs:RunTask',
          Resource: sub('arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task-definition/*'),
          Condition: { ArnEquals: { 'ecs:cluster': ref('TaskCluster') } },
        },
        {
          Sid: 'FollowTasks',
          Effect: 'Allow',
          Action: ['ecs:StopTask', 'ecs:DescribeTasks'],
          Resource: sub('arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task/*'),
        },
        {
          Sid: 'GiveTasksTheirRoles',
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*'),
          Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
        },
      ),
    },
  },
};

const named = (name: string, value: JsonValue): JsonObject => ({ Name: name, Value: value });

const ALARMS: JsonObject = {
  DeadLetterAlarm: alarm('An export could not be processed: its message waits in the dead-letter queue', {
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [named('QueueName', { 'Fn::GetAtt': ['DeadLetterQueue', 'QueueName'] })],
    Statistic: 'Maximum',
  }),
  FleetAlarm: alarm('A run of the fleet failed: redrive it, only what failed runs again', {
    Namespace: 'AWS/States',
    MetricName: 'ExecutionsFailed',
    Dimensions: [named('StateMachineArn', ref('Fleet'))],
    Statistic: 'Sum',
  }),
  HookAlarm: alarm('The hook itself fails', {
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Dimensions: [named('FunctionName', ref('HookFunction'))],
    Statistic: 'Sum',
  }),
};

/** Plain CloudFormation, for `aws cloudformation deploy`. `template.json` is this, written out; a test holds the two equal. */
export const TEMPLATE: JsonObject = {
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'Mailproof: WorkMail exports become evidence as they arrive',
  Parameters: PARAMETERS,
  Conditions: { HasCluster: { 'Fn::Not': [{ 'Fn::Equals': [ref('TaskCluster'), ''] }] } },
  Resources: { ...STORE, ...ROLES, ...HOOK, ...FLEET, ...CONTAINERS, ...ALARMS },
  Outputs: {
    Bucket: { Value: ref('ExportBucket') },
    ExportRoleArn: { Value: arn('ExportRole') },
    KeyArn: { Value: arn('ExportKey') },
    Topic: { Value: ref('VerdictTopic') },
    StateMachine: { Value: ref('Fleet') },
    DeadLetters: { Value: ref('DeadLetterQueue') },
  },
};
