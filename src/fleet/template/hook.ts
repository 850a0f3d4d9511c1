import type { JsonObject } from '../../model/index.ts';
import { policyDocument } from '../policy.ts';
import { arn, KEPT, ref } from './intrinsics.ts';
import { lambda, logGroup } from './lambda.ts';

/** From the object's creation to the verdict. */
export const HOOK: JsonObject = {
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
    MAILPROOF_STATE_MACHINE_ARN: ref('Fleet'),
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
