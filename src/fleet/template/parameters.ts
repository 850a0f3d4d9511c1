import type { JsonObject } from '../../model/index.ts';
import { ref } from './intrinsics.ts';

export const PARAMETERS: JsonObject = {
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
  ClientKeyArn: {
    Type: 'String',
    Default: '',
    Description: 'Key that wrapped the data keys of exports a client encrypted; empty for none',
  },
  ClientEncryptionContext: {
    Type: 'String',
    Default: '',
    Description: 'JSON object of the pairs their encryption context must hold; given, nothing else is accepted',
  },
  ContainerImage: {
    Type: 'String',
    Default: '',
    Description: 'Image for what exceeds fifteen minutes (src/fleet/container/Dockerfile); empty for none',
  },
  ContainerArchitecture: {
    Type: 'String',
    Default: 'ARM64',
    AllowedValues: ['ARM64', 'X86_64'],
    Description: 'What the image was built for',
  },
  TaskCpu: {
    Type: 'Number',
    Default: 4096,
    AllowedValues: [1024, 2048, 4096, 8192, 16384],
    Description: 'Processor units of a task; 1,024 are one processor',
  },
  TaskMemory: {
    Type: 'Number',
    Default: 16384,
    MinValue: 2048,
    MaxValue: 122880,
    Description: 'MB of a task; Fargate takes certain pairs of processor and memory only',
  },
  TaskStorage: {
    Type: 'Number',
    Default: 100,
    MinValue: 21,
    MaxValue: 200,
    Description: 'GB of a task; an AWS Encryption SDK message is spooled there',
  },
  TaskSubnets: {
    Type: 'CommaDelimitedList',
    Default: '',
    Description: 'Subnets of the tasks, with a way to S3, KMS, ECR and CloudWatch Logs',
  },
  TaskPublicIp: {
    Type: 'String',
    Default: 'DISABLED',
    AllowedValues: ['DISABLED', 'ENABLED'],
    Description: 'ENABLED where the subnets reach these through an internet gateway alone',
  },
};

export const CONDITIONS: JsonObject = {
  HasContainers: { 'Fn::Not': [{ 'Fn::Equals': [ref('ContainerImage'), ''] }] },
  HasClientKey: { 'Fn::Not': [{ 'Fn::Equals': [ref('ClientKeyArn'), ''] }] },
};
