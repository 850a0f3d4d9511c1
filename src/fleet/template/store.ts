// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are CloudFormation's
import type { JsonObject } from '../../model/index.ts';
import { keyPolicy, policyDocument } from '../policy.ts';
import { arn, KEPT, NAMES, ref, sub, text } from './intrinsics.ts';

/** Where exports and manifests lie, and what they are encrypted with. */
export const STORE: JsonObject = {
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
