import {
  type ExportTarget,
  estimateCost,
  listMailboxes,
  type MailboxRecord,
  mailboxFolder,
  processMailbox,
  type Rates,
  readRecords,
  runOrganization,
} from '../../fleet/index.ts';
import { MailproofError } from '../../model/index.ts';
import type { CommonOptions, Context } from '../context.ts';
import { type DecryptOptions, pinsOf } from '../decrypted-source.ts';
import { EXIT } from '../exit-codes.ts';
import { makePool } from '../pool.ts';
import { openSink } from '../sink.ts';
import { counted, duration, number } from '../units.ts';
import { costLines, dollars, ratesOf } from './estimate.ts';

export interface OrganizationOptions extends CommonOptions, DecryptOptions {
  readonly out: string;
  readonly roleArn?: string;
  readonly kmsKeyArn?: string;
  readonly bucket?: string;
  readonly prefix?: string;
  readonly kmsKeyId?: string;
  readonly workers?: number;
  readonly poll?: number;
  readonly dryRun?: boolean;
  readonly rates?: string;
}

/** `organization start`: exports every mailbox, and follows the exports to their end. */
export const startOrganizationCommand = (context: Context, organizationId: string, options: OrganizationOptions) =>
  runCommand(context, organizationId, options, false);

/** `organization process`: the same, and processes each export as it completes. */
export const processOrganizationCommand = (context: Context, organizationId: string, options: OrganizationOptions) =>
  runCommand(context, organizationId, options, true);

/** `organization status`: the table of a run, from what it wrote down. */
export async function statusCommand(context: Context, options: OrganizationOptions): Promise<number> {
  const records = await readRecords(await openSink(context, options.out, {}));
  if (records.length === 0) {
    throw new MailproofError('MANIFEST_NOT_FOUND', `${options.out} holds no run over an organization.`, {
      advice: 'Begin with mailproof organization start.',
    });
  }
  return conclude(context, records);
}

async function runCommand(
  context: Context,
  organizationId: string,
  options: OrganizationOptions,
  processing: boolean,
): Promise<number> {
  const { clock, signal, printer } = context;
  const target = targetOf(options);
  const pins = await pinsOf(options);
  const { createClients } = await import('../../aws/index.ts');
  const clients = createClients({ environment: context.environment });
  const pool = makePool(options.workers);
  try {
    const shared = { clients, clock, organizationId, signal };
    if (options.dryRun === true) return dryRun(context, await listMailboxes(shared), await ratesOf(options.rates));
    const sink = await openSink(context, options.out, options);
    const records = await runOrganization({
      ...shared,
      sink,
      target,
      ...(options.poll !== undefined && { pollMilliseconds: options.poll }),
      onChange: ({ id, state, failure }) =>
        printer.note(`${id}: ${state}${failure === null ? '' : ` (${failure.code})`}`),
      processMailbox: processing
        ? async (record, job) =>
            processMailbox({
              ...shared,
              job,
              pool,
              pins,
              sink: await openSink(context, `${options.out.replace(/\/+$/, '')}/${mailboxFolder(record.id)}`, options),
              reporter: printer,
            })
        : null,
    });
    return conclude(context, records);
  } finally {
    await pool.close();
    clients.destroy();
  }
}

function targetOf({ roleArn, kmsKeyArn, bucket, prefix }: OrganizationOptions): ExportTarget | null {
  const given = [roleArn, kmsKeyArn, bucket, prefix].filter((value) => value !== undefined).length;
  if (given === 0) return null;
  if (roleArn !== undefined && kmsKeyArn !== undefined && bucket !== undefined && prefix !== undefined) {
    return { roleArn, kmsKeyArn, bucket, prefix };
  }
  throw new MailproofError('USAGE', '--role-arn, --kms-key-arn, --bucket and --prefix belong together.');
}

/** What would be started, and what it would cost. */
function dryRun({ printer }: Context, records: readonly MailboxRecord[], rates: Rates): number {
  for (const record of records) {
    printer.data({ ...record }, [record.email ?? record.id, record.kind, `${record.megabytes ?? '?'} MB`].join('  '));
  }
  const estimate = estimateCost(
    records.map(({ megabytes }) => (megabytes ?? 0) * 1e6),
    rates,
  );
  printer.summary({
    title: `${counted(records.length, 'mailbox', 'mailboxes')} would be exported. Nothing was started.`,
    lines: [
      ...costLines(estimate, rates),
      {
        label: 'Together',
        text: `${dollars(estimate.dollars)}, and ${dollars(estimate.monthlyDollars)} a month to keep`,
      },
      {
        label: 'Exports',
        text: `about ${duration(estimate.exportSeconds * 1000)}: how fast WorkMail writes is not known`,
      },
    ],
    data: { mailboxes: records.length, dollars: estimate.dollars, monthlyDollars: estimate.monthlyDollars },
  });
  return EXIT.done;
}

/** One table: mailbox, state, items, issues, verdict. */
function conclude({ printer }: Context, records: readonly MailboxRecord[]): number {
  const widest = Math.max(...records.map(({ email, id }) => (email ?? id).length));
  for (const record of records) {
    const { email, id, state, outcome, failure } = record;
    const columns = [
      (email ?? id).padEnd(widest),
      state.padEnd(9),
      (outcome === null ? '' : number(outcome.items)).padStart(11),
      (outcome === null ? '' : number(outcome.issues)).padStart(9),
      outcome?.verdict ?? failure?.code ?? '',
    ];
    printer.data({ ...record }, columns.join('  ').trimEnd());
  }
  const counts: Record<string, number> = {};
  for (const { state, outcome } of records) {
    const name = outcome?.verdict ?? state;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  printer.summary({
    title: counted(records.length, 'mailbox', 'mailboxes'),
    lines: Object.entries(counts).map(([label, count]) => ({ label, text: number(count) })),
    data: { mailboxes: records.length, counts },
  });
  const lost = records.some(({ state, outcome }) => state === 'failed' || outcome?.verdict === 'INCOMPLETE');
  if (lost) return EXIT.incomplete;
  if (records.some(({ outcome }) => outcome?.verdict === 'UNPROVEN')) return EXIT.unproven;
  return records.some(({ outcome }) => (outcome?.errors ?? 0) > 0) ? EXIT.itemsImperfect : EXIT.done;
}
