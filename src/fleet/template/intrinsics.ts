// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are CloudFormation's
import type { JsonObject, JsonValue } from '../../model/index.ts';
import type { PolicyNames } from '../policy.ts';

export const sub = (text: string): JsonValue => ({ 'Fn::Sub': text });
export const ref = (name: string): JsonValue => ({ Ref: name });
export const arn = (name: string): JsonValue => ({ 'Fn::GetAtt': [name, 'Arn'] });
/** Text that names nothing of CloudFormation's stays text: cfn-lint rightly objects to a Sub without a variable. */
export const text = (value: string): JsonValue => (value.includes('${') ? sub(value) : value);

/** The names of the policies, as CloudFormation's pseudo parameters and the stack's own. */
export const NAMES: PolicyNames = {
  partition: '${AWS::Partition}',
  region: '${AWS::Region}',
  account: '${AWS::AccountId}',
  organizationId: '${OrganizationId}',
  bucket: '${BucketName}',
  prefix: '',
  keyArn: arn('ExportKey'),
  bucketKey: false,
};

/** Exports cannot be made again after WorkMail's end: neither they nor their key go with the stack. */
export const KEPT = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' } as const;

/** `whole` where a condition of the stack holds, `instead` otherwise. */
export const where = (condition: string, whole: JsonValue, instead: JsonValue): JsonValue => ({
  'Fn::If': [condition, whole, instead],
});
export const NOTHING: JsonObject = { Ref: 'AWS::NoValue' };
