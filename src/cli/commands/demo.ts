import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeError } from '../../io/file-errors.ts';
import type { CommonOptions, Context } from '../context.ts';
import { processCommand } from './process.ts';
import { verifyCommand } from './verify.ts';

export interface DemoOptions extends CommonOptions {
  readonly out: string;
  readonly messages: number;
  readonly seed: number;
}

/** `demo`: the whole way, on a generated mailbox, against the sandbox. Ends with the verdict of `verify`. */
export async function demoCommand(context: Context, options: DemoOptions): Promise<number> {
  const { printer, clock, signal } = context;
  const [{ startSandbox }, aws] = await Promise.all([import('../../sandbox/index.ts'), import('../../aws/index.ts')]);
  const sandbox = await startSandbox({
    mailboxes: [
      {
        name: 'mara.lindqvist',
        displayName: 'Mara Lindqvist',
        content: { kind: 'generated', seed: options.seed, messages: options.messages, averageBytes: 20_000 },
      },
    ],
  });
  // The commands below come to AWS by AWS's own chain, as they will in earnest: here it leads to the sandbox.
  Object.assign(process.env, sandbox.environment);
  const clients = aws.createClients();
  try {
    const { organizationId, roleArn, keyArn: kmsKeyArn, bucket } = sandbox;
    const entityId = sandbox.entities[0]?.email ?? '';
    printer.note(`Sandbox: S3, KMS and WorkMail on ${sandbox.endpoint}`);
    const common = { workmail: clients.workmail, organizationId, clock, signal };
    const { jobId } = await aws.startJob({ ...common, entityId, roleArn, kmsKeyArn, bucket, prefix: 'mara' });
    printer.note(`Job:     ${jobId} exports ${entityId} to s3://${bucket}/mara`);
    const job = await aws.waitForJob({ ...common, jobId, pollMilliseconds: 200, timeoutMilliseconds: 600_000 });
    printer.note(`Export:  s3://${bucket}/${job.path ?? ''}, encrypted with ${kmsKeyArn}`);
    const folder = join(options.out, jobId.slice(0, 8));
    await rm(folder, { recursive: true, force: true }).catch((error: unknown) => {
      throw writeError(error, folder);
    });
    const source = `job:${organizationId}/${jobId}`;
    const processed = await processCommand(context, source, { ...options, out: folder });
    if (processed !== 0) return processed;
    const { seed: _, ...rest } = options;
    const verified = await verifyCommand(context, folder, { ...rest, source });
    printer.note('From a checkout, `mailproof` is `node dist/cli/main.js`.');
    printer.note(`The report, for people: ${join(folder, 'report.html')}`);
    return verified;
  } finally {
    clients.destroy();
    await sandbox.close();
  }
}
