import type { JsonObject, JsonValue } from '../model/index.ts';

/** The names policies are written for. Values may be CloudFormation's intrinsics instead of text: the template uses the same. */
export interface PolicyNames {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly organizationId: string;
  readonly bucket: string;
  /** Of the exports, without a slash at the end; empty for the whole bucket. */
  readonly prefix: string;
  readonly keyArn: JsonValue;
  /** With an S3 Bucket Key the encryption context is the bucket's ARN, not the object's. */
  readonly bucketKey: boolean;
}

/** Makes a text of a template value: `${…}` within it are CloudFormation's. */
export type Text = (text: string) => JsonValue;

const VERSION = '2012-10-17';
export const policyDocument = (...statements: readonly JsonObject[]): JsonObject => ({
  Version: VERSION,
  Statement: [...statements],
});

/** WorkMail may take the role for this organization of this account only: the confused deputy has to name another. */
export function exportTrust(names: PolicyNames, text: Text): JsonObject {
  const { partition, region, account, organizationId } = names;
  return policyDocument({
    Sid: 'WorkMailExports',
    Effect: 'Allow',
    Principal: { Service: 'export.workmail.amazonaws.com' },
    Action: 'sts:AssumeRole',
    Condition: {
      StringEquals: { 'aws:SourceAccount': text(account) },
      ArnLike: {
        'aws:SourceArn': text(`arn:${partition}:workmail:${region}:${account}:organization/${organizationId}`),
      },
    },
  });
}

const bucketArn = ({ partition, bucket }: PolicyNames): string => `arn:${partition}:s3:::${bucket}`;
const under = (names: PolicyNames, rest: string): string =>
  `${bucketArn(names)}/${names.prefix === '' ? '' : `${names.prefix}/`}${rest}`;

/** Through S3 and for these objects only. */
function keyUse(names: PolicyNames, text: Text, sid: string, actions: readonly string[]): JsonObject {
  const { region, keyArn, bucketKey } = names;
  const context = bucketKey ? bucketArn(names) : under(names, '*');
  return {
    Sid: sid,
    Effect: 'Allow',
    Action: [...actions],
    Resource: keyArn,
    Condition: {
      StringEquals: { 'kms:ViaService': text(`s3.${region}.amazonaws.com`) },
      StringLike: { 'kms:EncryptionContext:aws:s3:arn': text(context) },
    },
  };
}

/**
 * Reading what a client encrypted before it came to S3: its data key is unwrapped by KMS itself, not through S3, and under
 * the client's own encryption context. `context` are the pairs it must hold; without any, whatever that key has wrapped.
 */
export const clientKeyPolicy = (keyArn: JsonValue, context: Readonly<Record<string, string>>): JsonObject =>
  policyDocument({
    Sid: 'UnwrapDataKeys',
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: keyArn,
    Condition: {
      // With it, this statement would be a way around the condition on what is read through S3.
      Null: { 'kms:ViaService': 'true' },
      ...(Object.keys(context).length > 0 && {
        StringEquals: Object.fromEntries(
          Object.entries(context).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]),
        ),
      }),
    },
  });

/** What WorkMail's role needs, as the administrator's guide documents it. */
export const exportPolicy = (names: PolicyNames, text: Text): JsonObject =>
  policyDocument(
    {
      Sid: 'WriteTheArchive',
      Effect: 'Allow',
      Action: ['s3:AbortMultipartUpload', 's3:PutObject', 's3:GetBucketPolicyStatus'],
      Resource: [text(bucketArn(names)), text(under(names, '*'))],
    },
    keyUse(names, text, 'EncryptTheArchive', ['kms:Decrypt', 'kms:GenerateDataKey']),
  );

/** Whoever verifies, searches or produces: reads archives and manifests, writes nothing. */
export const readerPolicy = (names: PolicyNames, text: Text): JsonObject => policyDocument(...reading(names, text));

function reading(names: PolicyNames, text: Text): JsonObject[] {
  const inPrefix = names.prefix === '' ? {} : { Condition: { StringLike: { 's3:prefix': text(`${names.prefix}/*`) } } };
  return [
    {
      Sid: 'ReadObjects',
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:GetObjectVersion'],
      Resource: text(under(names, '*')),
    },
    // Without it S3 refuses to say whether an object exists, and 403 has to be read as both.
    { Sid: 'SayWhatIsThere', Effect: 'Allow', Action: 's3:ListBucket', Resource: text(bucketArn(names)), ...inPrefix },
    keyUse(names, text, 'Decrypt', ['kms:Decrypt']),
    // DescribeKey is no use through S3: the preflight asks KMS itself.
    { Sid: 'SeeTheKey', Effect: 'Allow', Action: 'kms:DescribeKey', Resource: names.keyArn },
  ];
}

/** The hook and the fleet: read exports, write beside them, never over an archive; remove their own work files only. */
export function writerPolicy(names: PolicyNames, text: Text): JsonObject {
  const { partition, region, account, organizationId } = names;
  return policyDocument(
    ...reading(names, text),
    {
      Sid: 'WriteManifests',
      Effect: 'Allow',
      Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
      Resource: text(under(names, '*.mailproof/*')),
    },
    {
      Sid: 'RemoveOwnWork',
      Effect: 'Allow',
      Action: 's3:DeleteObject',
      Resource: text(under(names, '*.mailproof/*/work/*')),
    },
    keyUse(names, text, 'EncryptManifests', ['kms:GenerateDataKey']),
    {
      Sid: 'AskForJobs',
      Effect: 'Allow',
      Action: ['workmail:DescribeMailboxExportJob', 'workmail:ListMailboxExportJobs'],
      Resource: text(`arn:${partition}:workmail:${region}:${account}:organization/${organizationId}`),
    },
  );
}

/** Whoever starts exports: the role may be passed to WorkMail and to nobody else. */
export function operatorPolicy(names: PolicyNames, roleArn: JsonValue, text: Text): JsonObject {
  const { partition, region, account, organizationId } = names;
  return policyDocument(
    {
      Sid: 'RunExports',
      Effect: 'Allow',
      Action: [
        'workmail:StartMailboxExportJob',
        'workmail:DescribeMailboxExportJob',
        'workmail:ListMailboxExportJobs',
        'workmail:CancelMailboxExportJob',
        'workmail:ListUsers',
        'workmail:ListResources',
        'workmail:GetMailboxDetails',
      ],
      Resource: text(`arn:${partition}:workmail:${region}:${account}:organization/${organizationId}`),
    },
    {
      Sid: 'GiveTheRoleToWorkMail',
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: roleArn,
      Condition: { StringEquals: { 'iam:PassedToService': 'export.workmail.amazonaws.com' } },
    },
  );
}

/** The account stays in control of the key; everyone else comes through IAM policies as those above. */
export const keyPolicy = ({ partition, account }: PolicyNames, text: Text): JsonObject =>
  policyDocument({
    Sid: 'TheAccountDecides',
    Effect: 'Allow',
    Principal: { AWS: text(`arn:${partition}:iam::${account}:root`) },
    Action: 'kms:*',
    Resource: '*',
  });

/** What an S3 Bucket Key changes, for people. */
export const BUCKET_KEY_NOTE =
  "With an S3 Bucket Key, S3 asks KMS for a key of the bucket and not of each object: the encryption context is then the bucket's ARN, and a policy that names objects (BUCKET/PREFIX*) in kms:EncryptionContext:aws:s3:arn refuses every read and write. Fewer KMS requests are paid for, and one permission opens the whole bucket. Turning it on does not change objects that are there: both forms must be allowed as long as both kinds exist.";
