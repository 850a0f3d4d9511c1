import type { JsonObject } from '../../model/index.ts';
import { arn, KEPT, ref } from './intrinsics.ts';

export const logGroup = (): JsonObject => ({
  Type: 'AWS::Logs::LogGroup',
  ...KEPT,
  Properties: { RetentionInDays: 365 },
});

/** Both functions tell: the hook what it processes, the fleet what it merges. */
export const lambda = (handler: string, roleName: string, logs: string, variables: JsonObject): JsonObject => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Runtime: 'nodejs22.x',
    Architectures: ['arm64'],
    Handler: handler,
    Code: { S3Bucket: ref('CodeBucket'), S3Key: ref('CodeKey') },
    Role: arn(roleName),
    Timeout: 900,
    MemorySize: ref('FunctionMemory'),
    // What a client encrypted into one message, or zipped twice, is spooled.
    EphemeralStorage: { Size: 10_240 },
    LoggingConfig: { LogFormat: 'JSON', LogGroup: ref(logs) },
    Environment: {
      Variables: {
        MAILPROOF_KMS_KEY_ID: arn('ExportKey'),
        MAILPROOF_ENCRYPTION_CONTEXT: ref('ClientEncryptionContext'),
        MAILPROOF_SNS_TOPIC_ARN: ref('VerdictTopic'),
        MAILPROOF_WEBHOOK_URL: ref('WebhookUrl'),
        MAILPROOF_WEBHOOK_SECRET: ref('WebhookSecret'),
        ...variables,
      },
    },
  },
});
