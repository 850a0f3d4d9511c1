import { DecryptCommand, DescribeKeyCommand, type KeyMetadata, type KMSClient } from '@aws-sdk/client-kms';
import { type Finding, MailproofError } from '../model/index.ts';
import { DEFAULT_TUNING } from './backoff.ts';
import { retrying } from './retrying.ts';

/** What KMS tells of a key before anything is read with it. */
export interface KeyPreflight {
  /** The key's own ARN, where KMS told it: an alias is resolved. Else what was asked for. */
  readonly arn: string;
  /** `Enabled`, `Disabled`, `PendingDeletion`, …; null where KMS did not say. */
  readonly state: string | null;
  /** RFC 3339, UTC: when the key, and all it encrypted, is gone. */
  readonly deletionDate: string | null;
  readonly enabled: boolean | null;
  readonly findings: readonly Finding[];
}

const CHECK = 'kms-key';
const LOST = 'the archive is lost when the key goes';

/**
 * Asks KMS how a key stands (`kms:DescribeKey`). A key about to be deleted is a finding with its date; not being allowed to
 * ask is a warning, for reading needs kms:Decrypt only. Throws CREDENTIALS_MISSING, TEMPORARY, CANCELLED.
 */
export async function preflightKey(kms: KMSClient, keyArn: string, signal?: AbortSignal): Promise<KeyPreflight> {
  const context = { what: `The KMS key ${keyArn} could not be described`, service: 'kms', signal } as const;
  try {
    const answer = await retrying(context, DEFAULT_TUNING, () =>
      kms.send(new DescribeKeyCommand({ KeyId: keyArn }), signal === undefined ? {} : { abortSignal: signal }),
    );
    return judge(keyArn, answer.KeyMetadata ?? { KeyId: keyArn });
  } catch (error) {
    if (!(error instanceof MailproofError)) throw error;
    const nothing = { arn: keyArn, state: null, deletionDate: null, enabled: null };
    if (error.code === 'KEY_ACCESS_DENIED') {
      const message = `The state of the KMS key ${keyArn} is not known: kms:DescribeKey is not allowed.`;
      return { ...nothing, findings: [{ check: CHECK, severity: 'warning', message }] };
    }
    if (error.code === 'KEY_NOT_FOUND') {
      return {
        ...nothing,
        findings: [{ check: CHECK, severity: 'error', message: `${error.message} ${error.advice ?? ''}`.trim() }],
      };
    }
    throw error;
  }
}

function judge(asked: string, key: KeyMetadata): KeyPreflight {
  const arn = key.Arn ?? asked;
  const state = key.KeyState ?? null;
  const date = key.DeletionDate;
  const deletionDate = date === undefined || Number.isNaN(date.getTime()) ? null : date.toISOString();
  const findings: Finding[] = [];
  const add = (message: string, expected: string, found: string) =>
    findings.push({ check: CHECK, severity: 'error', message, expected, found });
  if (state === 'PendingDeletion' || state === 'PendingReplicaDeletion') {
    const when = deletionDate === null ? 'at a date KMS does not tell' : `on ${deletionDate}`;
    add(`The KMS key ${arn} will be deleted ${when}: cancel the deletion, then enable it; ${LOST}.`, 'Enabled', state);
  } else if (state === 'Disabled') {
    add(`The KMS key ${arn} is disabled: enable it before reading.`, 'Enabled', state);
  } else if (state !== null && state !== 'Enabled' && state !== 'Updating') {
    add(`The KMS key ${arn} is in the state ${state} and cannot decrypt now.`, 'Enabled', state);
  }
  if (key.KeyUsage !== undefined && key.KeyUsage !== 'ENCRYPT_DECRYPT') {
    add(`The KMS key ${arn} is not made to encrypt and decrypt.`, 'ENCRYPT_DECRYPT', key.KeyUsage);
  } else if (key.KeySpec !== undefined && key.KeySpec !== 'SYMMETRIC_DEFAULT') {
    add(`The KMS key ${arn} is not symmetric, as an export needs it.`, 'SYMMETRIC_DEFAULT', key.KeySpec);
  }
  return { arn, state, deletionDate, enabled: key.Enabled ?? null, findings };
}

/** `unknown`: an alias, or nothing to compare with; `preflightKey` resolves an alias. */
export type KeyComparison = 'same' | 'different' | 'unknown';

interface KeyName {
  readonly partition: string | null;
  readonly region: string | null;
  readonly account: string | null;
  /** `key` or `alias`. */
  readonly kind: string;
  readonly id: string;
}

/**
 * Compares the key an object is encrypted with and the job's. Either may be an ARN, a bare key id, or an alias. An alias
 * can point to any key, so it is the same as itself only. The replicas of a multi-Region key are keys of their own.
 */
export function compareKeys(objectKey: string | null, jobKey: string | null): KeyComparison {
  if (objectKey === null || jobKey === null || objectKey === '' || jobKey === '') return 'unknown';
  const one = keyName(objectKey);
  const other = keyName(jobKey);
  if (one.kind !== other.kind) return 'unknown';
  for (const field of ['partition', 'region', 'account'] as const) {
    if (one[field] !== null && other[field] !== null && one[field] !== other[field]) return 'different';
  }
  if (one.id.toLowerCase() === other.id.toLowerCase()) return 'same';
  return one.kind === 'alias' ? 'unknown' : 'different';
}

/** The comparison as a finding, or null where both are the same. */
export function compareKeysFinding(objectKey: string | null, jobKey: string | null): Finding | null {
  const comparison = compareKeys(objectKey, jobKey);
  if (comparison === 'same') return null;
  const expected = jobKey ?? 'not told by the job';
  const found = objectKey ?? 'no KMS key';
  if (comparison === 'different' || (objectKey === null && jobKey !== null)) {
    const message = 'The object is not encrypted with the KMS key of the job: it was copied or encrypted anew since.';
    return { check: 'object-key', severity: 'warning', message, expected, found };
  }
  const message = 'Whether the object is encrypted with the KMS key of the job cannot be told from their names.';
  return { check: 'object-key', severity: 'info', message, expected, found };
}

function keyName(text: string): KeyName {
  const fields = text.split(':');
  const last = fields.at(-1) ?? text;
  const alias = last.startsWith('alias/');
  const id = last.replace(/^(?:key|alias)\//, '');
  const arn = fields.length === 6 && fields[0] === 'arn';
  return {
    partition: arn ? (fields[1] ?? null) : null,
    region: arn ? (fields[3] ?? null) : null,
    account: arn ? (fields[4] ?? null) : null,
    kind: alias ? 'alias' : 'key',
    id,
  };
}

/** What unwraps the data key of an envelope. */
export interface KeyUnwrapRequest {
  readonly ciphertext: Uint8Array;
  readonly encryptionContext: Readonly<Record<string, string>>;
  readonly keyId?: string;
  /** The only account whose key may have wrapped it. */
  readonly accountId?: string;
}

/** Unwraps data keys by `kms:Decrypt`. Throws KEY_*, CIPHERTEXT_ALTERED, CREDENTIALS_MISSING, TEMPORARY, CANCELLED. */
export function kmsKeyUnwrapper(
  kms: KMSClient,
  signal?: AbortSignal,
): { decrypt(request: KeyUnwrapRequest): Promise<Uint8Array> } {
  return {
    async decrypt({ ciphertext, encryptionContext, keyId, accountId }) {
      const what = `The data key could not be unwrapped${keyId === undefined ? '' : ` with the KMS key ${keyId}`}`;
      const answer = await retrying({ what, service: 'kms', signal }, DEFAULT_TUNING, () =>
        kms.send(
          new DecryptCommand({
            CiphertextBlob: ciphertext,
            EncryptionContext: { ...encryptionContext },
            ...(keyId === undefined ? {} : { KeyId: keyId }),
          }),
          signal === undefined ? {} : { abortSignal: signal },
        ),
      );
      if (answer.Plaintext === undefined)
        throw new MailproofError('UNEXPECTED', `${what}: the answer of KMS holds no key.`);
      if (accountId !== undefined) checkAccount(answer.KeyId, accountId);
      return answer.Plaintext;
    },
  };
}

/** Throws KEY_MISMATCH unless a key, by its ARN, is of the account. A key without ARN is of no account that is known. */
export function checkAccount(keyArn: string | undefined, accountId: string): void {
  const { account } = keyName(keyArn ?? '');
  if (account === accountId) return;
  const found = keyArn === undefined ? 'a key KMS does not name' : `the key ${keyArn}`;
  throw new MailproofError('KEY_MISMATCH', `The data key was wrapped with ${found}, not of account ${accountId}.`, {
    advice: 'Check --decrypt-account, and that this is the object you mean.',
    details: { keyArn: keyArn ?? null, account: accountId },
  });
}
