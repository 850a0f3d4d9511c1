import type { JsonObject, JsonValue } from '../../model/index.ts';
import { policyDocument } from '../policy.ts';
import { arn } from './intrinsics.ts';

export const trust = (service: string): JsonObject =>
  policyDocument({ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' });

export const role = (
  assume: JsonObject,
  policies: Readonly<Record<string, JsonObject>>,
  managed: readonly JsonValue[] = [],
): JsonObject => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: assume,
    ...(managed.length > 0 && { ManagedPolicyArns: [...managed] }),
    Policies: Object.entries(policies).map(([PolicyName, PolicyDocument]) => ({ PolicyName, PolicyDocument })),
  },
});

export const writeLogs = (...groups: readonly string[]): JsonObject =>
  policyDocument({
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: groups.map(arn),
  });
