import { type Command, Option } from 'commander';
import { type AddCommands, command, examples, withPins, workers } from './command.ts';
import { exitStatus } from './exit-codes.ts';
import { integer, timeSpan } from './integer.ts';

const ORGANIZATION = 'm-0123456789abcdef0123456789abcdef';
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const ROLE = 'arn:aws:iam::123456789012:role/WorkMailExport';

/** `policy`. */
export const addPolicy: AddCommands = (program, run) => {
  command(program, 'policy', 'print the IAM and key policies for given names, or the CloudFormation template')
    .option('--template', 'print the template of hook and fleet instead, for aws cloudformation deploy')
    .option('--organization <id>', 'the WorkMail organization')
    .option('--account <id>', 'the account, twelve digits')
    .option('--region <name>', 'the Region of organization, key and bucket')
    .option('--bucket <name>', 'the bucket of exports and manifests')
    .option('--prefix <prefix>', 'the prefix of the exports within it', '')
    .option('--kms-key-arn <arn>', 'the symmetric key exports are encrypted with')
    .option('--role-name <name>', 'the role WorkMail takes', 'WorkMailExport')
    .option('--bucket-key', 'write them for a bucket with an S3 Bucket Key')
    .option('--client-key-arn <arn>', 'the key that wrapped the data keys of exports a client encrypted')
    .addOption(
      new Option('--client-context <name=value>', 'a pair their encryption context must hold (repeatable)').argParser(
        (pair: string, pairs: readonly string[] | undefined) => [...(pairs ?? []), pair],
      ),
    )
    .addHelpText(
      'after',
      examples(
        `mailproof policy --organization ${ORGANIZATION} --account 123456789012 --region eu-west-1 \\`,
        `  --bucket exports --kms-key-arn ${KEY}`,
        'mailproof policy --template > mailproof.json',
      ),
    )
    .addHelpText('after', exitStatus(['0', '1', '2']))
    .action((options) =>
      run(options, async (context) => (await import('./commands/policy.ts')).policyCommand(context, options)),
    );
};

const fleetOptions = (made: Command): Command =>
  withPins(made)
    .requiredOption('-s, --source <source>', 'the archive')
    .option('--version-id <id>', 'the version of the S3 object to read')
    .option('--kms-key-id <key>', 'KMS key for what is written to S3 (default: the bucket decides)');

const CODES = ['0', '1', '2', '4', '5', '6', '7', '8', '9', '130/143'] as const;
const load = async () => import('./commands/fleet.ts');
const loadRun = async () => import('./commands/fleet-run.ts');
const RATES_HELP = [
  '--rates <file>',
  'JSON of prices and assumptions to reckon with (default: published prices)',
] as const;

const TOLD = `
The verdict is told to whom the hook's variables name: MAILPROOF_SNS_TOPIC_ARN, MAILPROOF_EVENT_BUS,
MAILPROOF_WEBHOOK_URL with MAILPROOF_WEBHOOK_SECRET.
`;

/** `fleet plan|shard|digest|merge|whole|estimate`. */
export const addFleet: AddCommands = (program, run) => {
  const fleet = program.command('fleet').description('read one archive with many machines at once');
  const place = 's3://exports/evidence/anna --source s3://exports/anna.zip';
  fleetOptions(command(fleet, 'plan <dest>', 'cut an archive into shards, from its directory alone'))
    .addOption(
      new Option('--shard-size <octets>', 'octets of a shard (default: 1.5 GiB)').argParser(integer(1, 2 ** 40)),
    )
    .addHelpText('after', examples(`mailproof fleet plan ${place}`))
    .addHelpText('after', exitStatus(CODES))
    .action((dest, options) => run(options, async (context) => (await load()).planCommand(context, dest, options)));
  fleetOptions(command(fleet, 'shard <dest>', 'read one shard of the plan'))
    .addOption(new Option('--shard <n>', 'its number').argParser(integer(0, 1_000_000)).makeOptionMandatory())
    .addOption(new Option('--workers <n>', 'threads (default: one per core)').argParser(integer(1, 256)))
    .addHelpText('after', examples(`mailproof fleet shard ${place} --shard 3`))
    .addHelpText('after', exitStatus(CODES))
    .action((dest, options) => run(options, async (context) => (await load()).shardCommand(context, dest, options)));
  fleetOptions(command(fleet, 'digest <dest>', 'take the digests of the whole archive, beside the shards'))
    .addHelpText('after', examples(`mailproof fleet digest ${place}`))
    .addHelpText('after', exitStatus(CODES))
    .action((dest, options) => run(options, async (context) => (await load()).digestCommand(context, dest, options)));
  fleetOptions(command(fleet, 'merge <dest>', 'join the shards to the manifest a single machine writes'))
    .addHelpText('after', examples(`mailproof fleet merge ${place}`))
    .addHelpText('after', exitStatus(CODES))
    .addHelpText('after', TOLD)
    .action((dest, options) => run(options, async (context) => (await loadRun()).mergeCommand(context, dest, options)));
  fleetOptions(command(fleet, 'whole <dest>', 'read an archive that cannot be split, as one task of the fleet'))
    .addOption(workers())
    .addHelpText('after', examples(`mailproof fleet whole ${place}`))
    .addHelpText('after', exitStatus(CODES))
    .action((dest, options) => run(options, async (context) => (await loadRun()).wholeCommand(context, dest, options)));
  command(fleet, 'estimate', 'reckon what mailboxes cost and take, with the arithmetic')
    .addOption(new Option('--mailboxes <n>', 'how many').argParser(integer(1, 1_000_000)).default(1))
    .addOption(new Option('--gigabytes <n>', 'of how many GB each').argParser(integer(1, 100_000)).default(20))
    .option(...RATES_HELP)
    .addHelpText('after', examples('mailproof fleet estimate --mailboxes 10000 --gigabytes 20'))
    .addHelpText('after', exitStatus(['0', '1', '2', '5']))
    .action((options) =>
      run(options, async (context) => (await import('./commands/estimate.ts')).estimateCommand(context, options)),
    );
};

const organizationOptions = (made: Command): Command =>
  withPins(made)
    .requiredOption('-o, --out <dest>', 'folder or s3://bucket/prefix that holds the state and the manifests')
    .option('--role-arn <arn>', 'the role WorkMail takes to write to the bucket')
    .option('--kms-key-arn <arn>', 'the symmetric KMS key the exports are encrypted with')
    .option('--bucket <name>', 'the bucket to export to')
    .option('--prefix <prefix>', 'the prefix of the exports within it')
    .option('--kms-key-id <key>', 'KMS key for what is written to S3 (default: the bucket decides)')
    .addOption(new Option('--poll <time>', 'pause between two looks (default: 15s)').argParser(timeSpan))
    .addOption(new Option('--workers <n>', 'threads (default: one per core)').argParser(integer(1, 256)))
    .option('--dry-run', 'say what would be exported and what it would cost; start nothing')
    .option(...RATES_HELP);

/** `organization start|process|status`. */
export const addOrganization: AddCommands = (program, run) => {
  const organization = program
    .command('organization')
    .description('export and process every mailbox of an organization');
  const loadOrganization = async () => import('./commands/organization.ts');
  const given = `${ORGANIZATION} --out evidence/ \\`;
  const names = `  --role-arn ${ROLE} --kms-key-arn ${KEY} --bucket exports --prefix 2026`;
  const codes = exitStatus(['0', '1', '2', '3', '4', '5', '6', '7', '9', '10', '130/143']);
  organizationOptions(command(organization, 'start <organization>', 'export every mailbox, within the service limits'))
    .addHelpText('after', examples(`mailproof organization start ${given}`, names))
    .addHelpText('after', codes)
    .action((id, options) =>
      run(options, async (context) => (await loadOrganization()).startOrganizationCommand(context, id, options)),
    );
  organizationOptions(
    command(organization, 'process <organization>', 'the same, and process each export as it completes'),
  )
    .addHelpText('after', examples(`mailproof organization process ${given}`, names))
    .addHelpText('after', codes)
    .action((id, options) =>
      run(options, async (context) => (await loadOrganization()).processOrganizationCommand(context, id, options)),
    );
  command(organization, 'status', 'the table of a run: mailbox, state, items, issues, verdict')
    .requiredOption('-o, --out <dest>', 'folder or s3://bucket/prefix that holds the state')
    .addHelpText('after', examples('mailproof organization status --out evidence/'))
    .addHelpText('after', codes)
    .action((options) => run(options, async (context) => (await loadOrganization()).statusCommand(context, options)));
};
