/** What the tests of this folder share: one mailbox, a sandbox for S3 and KMS, and the program's own way to open a source. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EncryptCommand } from '@aws-sdk/client-kms';
import { type AwsClients, createClients } from '../../src/aws/index.ts';
import type { Context } from '../../src/cli/context.ts';
import type { Printer, Summary } from '../../src/cli/printer.ts';
import { openSource, type SourceOptions } from '../../src/cli/source.ts';
import { memorySink, systemClock } from '../../src/io/index.ts';
import { ManifestReader } from '../../src/manifest/index.ts';
import type { ByteSource, Finding, ItemRecord } from '../../src/model/index.ts';
import { inlinePool, type ProcessResult, processExport } from '../../src/pipeline/index.ts';
import { generateMailbox, type MailboxEntry, type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { FakeKms, type WriteOptions, type WrittenObject } from '../decrypt/envelope-writer.ts';
import { silent } from '../pipeline/export.ts';

/** 60 messages and the calendar items that come with them. */
export const MAILBOX: readonly MailboxEntry[] = [
  ...generateMailbox({ seed: 20_270_401, messages: 60, averageBytes: 3000, calendar: 0.1 }),
];
export const MESSAGES = MAILBOX.filter(({ path }) => path.endsWith('.eml'));

export interface Workshop {
  readonly sandbox: Sandbox;
  readonly clients: AwsClients;
  readonly folder: string;
  close(): Promise<void>;
}

/** A sandbox that the program's own clients find as a user's would: by the environment. */
export async function openWorkshop(): Promise<Workshop> {
  const sandbox = await startSandbox();
  const { endpoint, region, credentials } = sandbox;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_MAX_ATTEMPTS: '1',
  });
  const clients = createClients({ endpoint, region, credentials });
  const folder = await mkdtemp(join(tmpdir(), 'mailproof-test-'));
  // A place for temporary files that no other program writes to: what is left there was left by us.
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  process.env['TMPDIR'] = temporary;
  return {
    sandbox,
    clients,
    folder,
    async close() {
      clients.destroy();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface Seen {
  readonly summaries: Summary[];
  readonly findings: Finding[];
}

/** A command's context that remembers what was said. */
export function context(): Context & { readonly seen: Seen } {
  const seen: Seen = { summaries: [], findings: [] };
  const printer: Printer = {
    ...silent,
    finding: (finding) => void seen.findings.push(finding),
    data: () => undefined,
    summary: (summary) => void seen.summaries.push(summary),
    error: () => undefined,
    close: () => undefined,
  };
  const signal = new AbortController().signal;
  return { printer, clock: systemClock, signal, environment: {}, out: () => undefined, seen };
}

export interface Run {
  readonly records: readonly ItemRecord[];
  readonly result: ProcessResult;
}

/** Processes a source that is open. */
export async function runOf(source: ByteSource, findings: readonly Finding[] = []): Promise<Run> {
  const sink = memorySink();
  const result = await processExport({ source, sink, pool: inlinePool(), reporter: silent, findings });
  const records: ItemRecord[] = [];
  for await (const batch of (await ManifestReader.open(sink)).records()) records.push(...batch);
  return { records, result };
}

/** Opens SOURCE as the program does, and processes it. */
export async function processed(argument: string, options: SourceOptions = {}): Promise<Run> {
  const opened = await openSource(context(), argument, options);
  try {
    return await runOf(opened.source, opened.findings);
  } finally {
    await opened.source.close();
    opened.close();
  }
}

/** What must be the same however the mailbox was wrapped: everything of an item but where it lay. */
export function items(records: readonly ItemRecord[], leave: readonly ('folder' | 'native')[] = []): string[] {
  return records
    .filter(({ type }) => type !== 'Other')
    .map(({ type, native, identity, folderPath, text, email, event, family }) =>
      JSON.stringify([
        type,
        leave.includes('native') ? null : [native?.digest, native?.size, native?.mediaType],
        [identity.messageId, identity.mih, identity.contentHash, identity.familyHash],
        leave.includes('folder') ? null : folderPath,
        text?.digest,
        [email?.subject, email?.sentAt, email?.from, email?.attachments?.length],
        event?.uid,
        family.part,
      ]),
    )
    .sort();
}

/** Notes the contexts that the writer of envelopes wraps keys under, so that the sandbox's KMS can wrap them for real. */
class NotingKms extends FakeKms {
  readonly contexts: Record<string, string>[] = [];
  override wrap(key: Uint8Array, context: Record<string, string>): Buffer {
    this.contexts.push(context);
    return super.wrap(key, context);
  }
}

const KEY_FIELDS = ['x-amz-key-v2', 'x-amz-3', 'x-amz-key'];

/** An envelope of the tests' own writer, its data key wrapped by the sandbox's KMS. */
export async function sealed(
  { clients, sandbox }: Workshop,
  write: (options: WriteOptions) => WrittenObject,
  plaintext: Uint8Array,
  encryptionContext: Record<string, string> = { case: '7' },
): Promise<WrittenObject> {
  const kms = new NotingKms();
  const dataKey = Buffer.alloc(32, 0x2a);
  const object = write({ kms, plaintext, dataKey, context: encryptionContext });
  const [under] = kms.contexts;
  const field = KEY_FIELDS.find((name) => object.metadata[name] !== undefined);
  if (under === undefined || field === undefined) return object;
  const command = new EncryptCommand({ KeyId: sandbox.keyArn, Plaintext: dataKey, EncryptionContext: under });
  const { CiphertextBlob } = await clients.kms.send(command);
  const wrapped = Buffer.from(CiphertextBlob ?? []).toString('base64');
  return { ...object, metadata: { ...object.metadata, [field]: wrapped } };
}
