// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are CloudFormation's
import type { JsonObject } from '../../model/index.ts';
import { clientKeyPolicy, exportPolicy, exportTrust, policyDocument, readerPolicy, writerPolicy } from '../policy.ts';
import { arn, NAMES, NOTHING, ref, sub, text, where } from './intrinsics.ts';
import { role, trust, writeLogs } from './role.ts';

/** Who may do what: each role what it needs, and no more. */
export const ROLES: JsonObject = {
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
    fleet: policyDocument({
      Sid: 'TellTheVerdict',
      Effect: 'Allow',
      Action: 'sns:Publish',
      Resource: ref('VerdictTopic'),
    }),
  }),
  ClientKeyUse: {
    Type: 'AWS::IAM::Policy',
    Condition: 'HasClientKey',
    Properties: {
      PolicyName: 'client-key',
      PolicyDocument: clientKeyPolicy(ref('ClientKeyArn'), {}),
      Roles: [ref('ReaderRole'), ref('HookRole'), ref('FleetRole'), where('HasContainers', ref('TaskRole'), NOTHING)],
    },
  },
};
