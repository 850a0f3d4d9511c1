import { MailproofError } from '../../model/index.ts';
import type { CommonOptions, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

export interface SandboxCommandOptions extends CommonOptions {
  readonly port: number;
  readonly messages: number;
  readonly seed: number;
  readonly mailbox?: string;
}

/** A folder that is not there would be an empty mailbox, found out when its export is. */
async function checkFolder(path: string): Promise<void> {
  const { stat } = await import('node:fs/promises');
  if ((await stat(path).catch(() => null))?.isDirectory() === true) return;
  throw new MailproofError('SOURCE_NOT_FOUND', `There is no folder ${path}.`, {
    advice: 'Give --mailbox a folder of messages.',
  });
}

/** `sandbox`: serves until it is interrupted. Standard output is what a shell can `eval`. */
export async function sandboxCommand(context: Context, options: SandboxCommandOptions): Promise<number> {
  const { startSandbox } = await import('../../sandbox/index.ts');
  const { signal, printer } = context;
  if (options.mailbox !== undefined) await checkFolder(options.mailbox);
  const sandbox = await startSandbox({
    port: options.port,
    mailboxes: [
      {
        name: 'mara.lindqvist',
        displayName: 'Mara Lindqvist',
        content:
          options.mailbox === undefined
            ? { kind: 'generated', seed: options.seed, messages: options.messages, averageBytes: 20_000 }
            : { kind: 'folder', path: options.mailbox },
      },
    ],
  });
  try {
    const { environment, organizationId, keyArn, bucket, roleArn, entities } = sandbox;
    const entity = entities[0]?.email ?? '';
    const variables = Object.entries(environment).map(([name, value]) => `export ${name}=${value}`);
    printer.data({ ...environment, organizationId, keyArn, bucket, roleArn, entity }, variables.join('\n'));
    printer.note(
      [
        `Serving S3, KMS and WorkMail on ${sandbox.endpoint} until interrupted. Nothing is kept.`,
        'With the variables above:',
        `  mailproof jobs start ${organizationId} ${entity} \\`,
        `    --role-arn ${roleArn} --kms-key-arn ${keyArn} --bucket ${bucket} --prefix mara`,
      ].join('\n'),
    );
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return EXIT.done;
  } finally {
    await sandbox.close();
  }
}
