import { Command, Option } from 'commander';
import { VERSION } from '../pipeline/version.ts';
import { type AddCommands, command, examples, type Run, SOURCE_HELP, withPins, workers } from './command.ts';
import { ALL_EXIT_CODES, exitStatus } from './exit-codes.ts';
import { addFleet, addOrganization, addPolicy } from './fleet-options.ts';
import { integer, timeSpan } from './integer.ts';
import { addProduce } from './produce-options.ts';
import { addCompare, addReport, addVerify } from './verify-options.ts';

export { type AddCommands, command, examples, type Run } from './command.ts';

const addProcess: AddCommands = (program, run) => {
  withPins(command(program, 'process <source>', 'read an export, write its manifest, say whether it is whole'))
    .requiredOption('-o, --out <dest>', 'folder or s3://bucket/prefix to write to')
    .addOption(workers())
    .option('--version-id <id>', 'the version of the S3 object to read')
    .option('--output-log <file>', "the export's output log, where it does not lie beside the archive")
    .option('--kms-key-id <key>', 'KMS key for what is written to S3 (default: the bucket decides)')
    .option('--wait', 'with job:…, wait until the job has completed')
    .addHelpText('after', SOURCE_HELP)
    .addHelpText(
      'after',
      examples(
        'mailproof process export.zip --out evidence/',
        'mailproof process job:m-0123456789abcdef0123456789abcdef/0f6ca1b2 --out s3://bucket/evidence',
        'mailproof process s3://bucket/exports/anna.zip --out anna/ --json | jq .',
      ),
    )
    .addHelpText('after', exitStatus(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '130/143']))
    .action((source, options) =>
      run(options, async (context) => (await import('./commands/process.ts')).processCommand(context, source, options)),
    );
};

const addShow: AddCommands = (program, run) => {
  withPins(
    command(program, 'show <dest> [id]', 'print one record: its summary, JSON, header fields, text or original octets'),
  )
    .addOption(
      new Option('--as <form>', 'what to print')
        .choices(['summary', 'record', 'headers', 'text', 'native'])
        .default('summary'),
    )
    .option('-s, --source <source>', 'the archive, for --as native (default: where the run read it)')
    .option('--version-id <id>', 'the version of the S3 object, for --as native')
    .option('--expand <from..to>', 'list the instances of a recurring event between two dates')
    .option('--uid <uid>', 'print the history of the event of this UID: versions in order, and who answered what')
    .addHelpText('after', '\nID is a record id (00000123, 00000123.2) or a Message-ID.')
    .addHelpText(
      'after',
      examples(
        'mailproof show evidence/ 00000012',
        "mailproof show evidence/ '<message-id@example.com>' --as headers",
        'mailproof show evidence/ 00000012 --as native --source export.zip > message.eml',
        'mailproof show evidence/ 00000200 --expand 2026-01-01..2026-12-31',
        'mailproof show evidence/ --uid 040000008200E00074C5B7101A82E008',
      ),
    )
    .addHelpText('after', exitStatus(['0', '1', '2', '4', '5', '6', '7', '130/143']))
    .action((dest, id, options) =>
      run(options, async (context) => (await import('./commands/show.ts')).showCommand(context, dest, id, options)),
    );
};

const addInspect: AddCommands = (program, run) => {
  withPins(command(program, 'inspect <source>', 'say what a source is without reading all of it'))
    .option('--version-id <id>', 'the version of the S3 object to read')
    .addHelpText('after', SOURCE_HELP)
    .addHelpText('after', examples('mailproof inspect s3://bucket/exports/anna.zip'))
    .addHelpText('after', exitStatus(['0', '1', '2', '5', '6', '7', '8', '130/143']))
    .action((source, options) =>
      run(options, async (context) => (await import('./commands/inspect.ts')).inspectCommand(context, source, options)),
    );
};

const addJobs: AddCommands = (program, run) => {
  const jobs = program.command('jobs').description('start, describe, list, cancel and wait for mailbox export jobs');
  const codes = exitStatus(['0', '1', '2', '4', '5', '6', '7', '130/143']);
  const load = async () => import('./commands/jobs.ts');
  command(jobs, 'start <organization> <entity>', 'start an export of one mailbox')
    .requiredOption('--role-arn <arn>', 'the role WorkMail takes to write to the bucket')
    .requiredOption('--kms-key-arn <arn>', 'the symmetric KMS key the export is encrypted with')
    .requiredOption('--bucket <name>', 'the bucket to export to')
    .requiredOption('--prefix <prefix>', 'the prefix of the key within it')
    .option('--description <text>', 'up to 1,023 characters')
    .option(
      '--client-token <token>',
      'makes a repeated start the same start (default: derived from the arguments and the day)',
    )
    .addHelpText(
      'after',
      examples(
        'mailproof jobs start m-0123456789abcdef0123456789abcdef anna@example.com \\',
        '  --role-arn arn:aws:iam::123456789012:role/WorkMailExport \\',
        '  --kms-key-arn arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab \\',
        '  --bucket exports --prefix anna',
      ),
    )
    .addHelpText('after', codes)
    .action((organization, entity, options) =>
      run(options, async (context) => (await load()).startCommand(context, organization, entity, options)),
    );
  command(jobs, 'describe <organization> <job>', 'say how a job stands')
    .addHelpText('after', examples('mailproof jobs describe m-0123456789abcdef0123456789abcdef 0f6ca1b2 --json'))
    .addHelpText('after', codes)
    .action((organization, job, options) =>
      run(options, async (context) => (await load()).describeCommand(context, organization, job)),
    );
  command(jobs, 'list <organization>', 'list the jobs of the last seven days (WorkMail lists no older ones)')
    .addHelpText('after', examples('mailproof jobs list m-0123456789abcdef0123456789abcdef'))
    .addHelpText('after', codes)
    .action((organization, options) =>
      run(options, async (context) => (await load()).listCommand(context, organization)),
    );
  command(jobs, 'cancel <organization> <job>', 'cancel a running job')
    .option('--client-token <token>', 'makes a repeated cancel the same cancel')
    .addHelpText('after', examples('mailproof jobs cancel m-0123456789abcdef0123456789abcdef 0f6ca1b2'))
    .addHelpText('after', codes)
    .action((organization, job, options) =>
      run(options, async (context) => (await load()).cancelCommand(context, organization, job, options)),
    );
  command(jobs, 'wait <organization> <job>', 'wait until a job has ended')
    .addOption(new Option('--timeout <time>', 'give up after this time').argParser(timeSpan).default(86_400_000, '1d'))
    .addHelpText('after', examples('mailproof jobs wait m-0123456789abcdef0123456789abcdef 0f6ca1b2 --timeout 2h'))
    .addHelpText('after', codes)
    .action((organization, job, options) =>
      run(options, async (context) => (await load()).waitCommand(context, organization, job, options)),
    );
};

const addSandbox: AddCommands = (program, run) => {
  command(program, 'sandbox', 'serve S3, KMS and WorkMail on loopback, to rehearse without an account')
    .addOption(new Option('--port <n>', 'port (default: any free one)').argParser(integer(0, 65_535)).default(0))
    .addOption(
      new Option('--messages <n>', 'messages of the generated mailbox').argParser(integer(1, 1_000_000)).default(200),
    )
    .addOption(new Option('--seed <n>', 'seed of the generated mailbox').argParser(integer(0, 2 ** 31)).default(1))
    .option('--mailbox <folder>', 'export this folder of messages instead of a generated mailbox')
    .addHelpText(
      'after',
      examples('mailproof sandbox --port 4566', 'mailproof sandbox --mailbox ./maildir-of-messages'),
    )
    .addHelpText('after', exitStatus(['0', '1', '2', '5', '130/143']))
    .action((options) =>
      run(options, async (context) => (await import('./commands/sandbox.ts')).sandboxCommand(context, options)),
    );
  command(program, 'demo', 'the whole way on a generated mailbox: sandbox, job, export, manifest, verification')
    .option('-o, --out <folder>', 'where the manifest is written', 'mailproof-demo')
    .addOption(
      new Option('--messages <n>', 'messages of the generated mailbox').argParser(integer(1, 1_000_000)).default(200),
    )
    .addOption(new Option('--seed <n>', 'seed of the generated mailbox').argParser(integer(0, 2 ** 31)).default(1))
    .addHelpText('after', examples('mailproof demo', 'mailproof demo --messages 5000 --out /tmp/demo'))
    .addHelpText('after', exitStatus(['0', '1', '2', '3', '4', '9', '130/143']))
    .action((options) =>
      run(options, async (context) => (await import('./commands/demo.ts')).demoCommand(context, options)),
    );
};

/** In the order of help: the way an export goes. */
const COMMANDS: readonly AddCommands[] = [
  addJobs,
  addInspect,
  addProcess,
  addVerify,
  addCompare,
  addShow,
  addReport,
  addProduce,
  addOrganization,
  addFleet,
  addPolicy,
  addSandbox,
];

/** The command line, from one description: help, examples and exit codes come from here. */
export function buildProgram(run: Run): Command {
  const program = new Command('mailproof')
    .description('Turns a finished Amazon WorkMail mailbox export into evidence.')
    .version(VERSION)
    .showHelpAfterError('(add --help for usage)')
    .exitOverride()
    .enablePositionalOptions()
    .addHelpText('after', SOURCE_HELP)
    .addHelpText('after', examples('mailproof demo', 'mailproof process export.zip --out evidence/'))
    .addHelpText('after', exitStatus(ALL_EXIT_CODES));
  for (const add of COMMANDS) add(program, run);
  return program;
}
