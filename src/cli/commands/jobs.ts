import type { Job } from '../../aws/index.ts';
import type { CommonOptions, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { duration } from '../units.ts';

export interface StartOptions extends CommonOptions {
  readonly roleArn: string;
  readonly kmsKeyArn: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly description?: string;
  readonly clientToken?: string;
}

type Aws = typeof import('../../aws/index.ts');

/** Loads the SDK, makes a client, and closes it whatever happens. */
async function withWorkMail(
  context: Context,
  act: (aws: Aws, workmail: ReturnType<Aws['createClients']>['workmail']) => Promise<number>,
): Promise<number> {
  const aws = await import('../../aws/index.ts');
  const clients = aws.createClients({ environment: context.environment });
  try {
    return await act(aws, clients.workmail);
  } finally {
    clients.destroy();
  }
}

/** `jobs start`. */
export function startCommand(context: Context, organizationId: string, entityId: string, options: StartOptions) {
  return withWorkMail(context, async (aws, workmail) => {
    const { roleArn, kmsKeyArn, bucket, prefix, description, clientToken } = options;
    const request = {
      workmail,
      organizationId,
      entityId,
      roleArn,
      kmsKeyArn,
      bucket,
      prefix,
      description,
      clientToken,
    };
    const started = await aws.startJob({ ...request, clock: context.clock, signal: context.signal });
    context.printer.summary({
      title: `Job ${started.jobId} started.`,
      lines: [
        { label: 'Mailbox', text: entityId },
        { label: 'To', text: `s3://${bucket}/${prefix}` },
        { label: 'Token', text: `${started.clientToken} (the same start again today starts nothing new)` },
      ],
      next: [
        `mailproof jobs wait ${organizationId} ${started.jobId}`,
        `mailproof process job:${organizationId}/${started.jobId} --wait --out DEST`,
      ],
      data: { organizationId, ...started },
    });
    return EXIT.done;
  });
}

/** `jobs describe`. */
export function describeCommand(context: Context, organizationId: string, jobId: string) {
  return withWorkMail(context, async (aws, workmail) => {
    const job = await aws.describeJob({ workmail, organizationId, jobId, signal: context.signal });
    context.printer.data(job, jobText(job));
    return EXIT.done;
  });
}

/** `jobs list`: a line a job, as they come. */
export function listCommand(context: Context, organizationId: string) {
  return withWorkMail(context, async (aws, workmail) => {
    let count = 0;
    for await (const job of aws.listJobs({ workmail, organizationId, signal: context.signal })) {
      count++;
      const progress = job.progress === null ? '' : `${job.progress} %`;
      const columns = [job.jobId, job.state.padEnd(9), progress.padStart(5), job.startTime ?? '', job.entityId ?? ''];
      context.printer.data(job, columns.join('  '));
    }
    context.printer.note(
      `${count === 0 ? 'No jobs' : 'These are the jobs'} of the last seven days: WorkMail lists no older ones. An older job may still answer to \`jobs describe\`.`,
    );
    return EXIT.done;
  });
}

/** `jobs cancel`. */
export function cancelCommand(
  context: Context,
  organizationId: string,
  jobId: string,
  options: { readonly clientToken?: string },
) {
  return withWorkMail(context, async (aws, workmail) => {
    await aws.cancelJob({ workmail, organizationId, jobId, clientToken: options.clientToken, signal: context.signal });
    context.printer.data({ organizationId, jobId, cancelled: true }, `Job ${jobId} is being cancelled.`);
    return EXIT.done;
  });
}

/** `jobs wait`. */
export function waitCommand(
  context: Context,
  organizationId: string,
  jobId: string,
  options: { readonly timeout: number },
) {
  return withWorkMail(context, async (aws, workmail) => {
    const { clock, printer, signal } = context;
    const begun = clock.now();
    const job = await aws.waitForJob({
      workmail,
      organizationId,
      jobId,
      clock,
      signal,
      timeoutMilliseconds: options.timeout,
      onProgress: ({ state, progress }) =>
        printer.note(`${state}${progress === null ? '' : `, ${progress} %`} after ${duration(clock.now() - begun)}`),
    });
    printer.data(job, jobText(job));
    return EXIT.done;
  });
}

function jobText(job: Job): string {
  const rows: (readonly [string, string | number | null])[] = [
    ['Job', job.jobId],
    ['State', job.state],
    ['Progress', job.progress === null ? null : `${job.progress} %`],
    ['Mailbox', job.entityId],
    ['Description', job.description],
    ['Bucket', job.bucket],
    ['Prefix', job.prefix],
    ['Path', job.path],
    ['Key', job.kmsKeyArn],
    ['Role', job.roleArn],
    ['Started', job.startTime],
    ['Ended', job.endTime],
    ['Error', job.errorInfo],
  ];
  return rows
    .filter(([, value]) => value !== null)
    .map(([label, value]) => `${label.padEnd(11)}  ${value}`)
    .join('\n');
}
