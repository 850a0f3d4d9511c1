import { z } from 'zod';
import type { KeyPins } from '../decrypt/index.ts';
import { MailproofError } from '../model/index.ts';

/** Above this an archive is handed to the fleet at once: at some 60 MB/s of network one invocation reads 45 GB, parses less. */
const SINGLE_RUN_OCTETS = 4 * 1024 ** 3;

/** A JSON object of texts: names and values may hold whatever a separator would be. */
const pairs = z.string().transform((text, refused) => {
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(text));
  } catch {
    refused.addIssue('A JSON object of texts was expected.');
    return z.NEVER;
  }
});

const blank = (value: unknown) => (value === '' ? undefined : value);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blank, schema.optional());

/** What the environment of the function sets. CloudFormation writes a parameter that was left out as an empty string. */
const settingsSchema = z.object({
  /** The organization whose jobs are asked; without it an object is processed unconfirmed, and says so. */
  MAILPROOF_ORGANIZATION: optional(z.string().regex(/^m-[0-9a-f]{32}$/)),
  MAILPROOF_SNS_TOPIC_ARN: optional(z.string().startsWith('arn:')),
  MAILPROOF_EVENT_BUS: optional(z.string().min(1)),
  MAILPROOF_WEBHOOK_URL: optional(z.string().min(1)),
  MAILPROOF_WEBHOOK_SECRET: optional(z.string().min(16)),
  MAILPROOF_STATE_MACHINE_ARN: optional(z.string().startsWith('arn:')),
  /** The key everything written is encrypted with; the bucket's default otherwise. */
  MAILPROOF_KMS_KEY_ID: optional(z.string().min(1)),
  /** The only key that may have wrapped the data key of an export that a client encrypted. */
  MAILPROOF_DECRYPT_KEY_ID: optional(z.string().min(1)),
  /** The only account whose key may have wrapped it. */
  MAILPROOF_DECRYPT_ACCOUNT: optional(z.string().regex(/^\d{12}$/)),
  /** Pairs its encryption context must hold: `{"case":"7"}`. */
  MAILPROOF_ENCRYPTION_CONTEXT: optional(pairs),
  MAILPROOF_SINGLE_RUN_OCTETS: z.preprocess(blank, z.coerce.number().int().min(0).default(SINGLE_RUN_OCTETS)),
  MAILPROOF_WORKERS: optional(z.coerce.number().int().min(1).max(64)),
});

export interface HookSettings {
  readonly organizationId: string | null;
  readonly topicArn: string | null;
  readonly eventBus: string | null;
  readonly webhook: { readonly url: string; readonly secret: string } | null;
  readonly stateMachineArn: string | null;
  readonly kmsKeyId: string | null;
  /** Given, an export that is not encrypted by a client is refused. */
  readonly pins: KeyPins;
  /** Octets. */
  readonly singleRunOctets: number;
  /** Threads, or null for one a processor. */
  readonly workers: number | null;
}

/** Reads the settings. Throws USAGE naming the variables, never their values: one of them is a secret. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): HookSettings {
  const read = settingsSchema.safeParse(environment);
  if (!read.success) {
    const names = [...new Set(read.error.issues.map(({ path }) => path.join('.')))].join(', ');
    throw new MailproofError('USAGE', `The function's environment is not as expected: ${names}.`, {
      advice: 'Correct these variables in the stack or the function.',
    });
  }
  const { data } = read;
  const url = data.MAILPROOF_WEBHOOK_URL;
  const secret = data.MAILPROOF_WEBHOOK_SECRET;
  if (url !== undefined && secret === undefined) {
    throw new MailproofError('USAGE', 'MAILPROOF_WEBHOOK_URL is set and MAILPROOF_WEBHOOK_SECRET is not.', {
      advice: 'Set a secret of 16 characters or more: an unsigned announcement could come from anybody.',
    });
  }
  return {
    organizationId: data.MAILPROOF_ORGANIZATION ?? null,
    topicArn: data.MAILPROOF_SNS_TOPIC_ARN ?? null,
    eventBus: data.MAILPROOF_EVENT_BUS ?? null,
    webhook: url === undefined || secret === undefined ? null : { url, secret },
    stateMachineArn: data.MAILPROOF_STATE_MACHINE_ARN ?? null,
    kmsKeyId: data.MAILPROOF_KMS_KEY_ID ?? null,
    pins: {
      ...(data.MAILPROOF_DECRYPT_KEY_ID !== undefined && { expectedKeyId: data.MAILPROOF_DECRYPT_KEY_ID }),
      ...(data.MAILPROOF_DECRYPT_ACCOUNT !== undefined && { expectedAccountId: data.MAILPROOF_DECRYPT_ACCOUNT }),
      ...(data.MAILPROOF_ENCRYPTION_CONTEXT !== undefined && { expectedContext: data.MAILPROOF_ENCRYPTION_CONTEXT }),
    },
    singleRunOctets: data.MAILPROOF_SINGLE_RUN_OCTETS,
    workers: data.MAILPROOF_WORKERS ?? null,
  };
}
