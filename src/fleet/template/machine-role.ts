// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are CloudFormation's
import type { JsonObject } from '../../model/index.ts';
import { policyDocument } from '../policy.ts';
import { arn, sub } from './intrinsics.ts';
import { role, trust } from './role.ts';

/** What the state machine itself may do. */
export const MACHINE_ROLE: JsonObject = {
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
