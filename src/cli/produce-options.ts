import { type Command, InvalidArgumentError, Option } from 'commander';
import { exitStatus } from './exit-codes.ts';
import { integer } from './integer.ts';
import { type AddCommands, command, examples } from './program.ts';

/** The names of `PROFILES`; a test holds the two equal, so that `--help` need not load them. */
export const PROFILE_CHOICES = [
  'relativity',
  'everlaw',
  'disco',
  'logikcull',
  'sec',
  'purview',
  'edrm-xml',
  'nuix',
  'csv',
  'mailbag',
  'mbox',
  'eml',
  'parquet',
];

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

/** `700M`, `4.7G`, or octets. */
function size(text: string): number {
  const match = /^(\d{1,12}(?:\.\d{1,3})?)([kmgt]?)b?$/i.exec(text);
  const octets =
    match === null ? Number.NaN : Math.floor(Number(match[1]) * (UNITS[(match[2] ?? '').toLowerCase()] ?? 1));
  if (!(octets >= 1)) throw new InvalidArgumentError('A size like 700M or 4.7G is expected.');
  return octets;
}

const several = (value: string, before: readonly string[] | undefined): string[] => [...(before ?? []), value];

const withSelection = (produce: Command): Command =>
  produce
    .option('--folder <path>', 'only this folder and what lies below; repeatable', several)
    .option('--custodian <name>', 'only this custodian; repeatable', several)
    .option('--since <date>', 'sent, or begun, at this time or later')
    .option('--until <date>', 'sent, or begun, before this time')
    .option(
      '--where <condition>',
      'a field of the record: type=Email, email.subject~budget; repeatable, all must hold',
      several,
    );

const withNumbers = (produce: Command): Command =>
  produce
    .option('--prefix <text>', 'what control numbers begin with', 'MP')
    .addOption(new Option('--padding <n>', 'digits of a control number').argParser(integer(7, 15)).default(7))
    .addOption(
      new Option('--start <n>', 'the first number (default: 1, or after the register)').argParser(integer(0, 1e12)),
    )
    .option('--register <file>', 'register.jsonl of earlier productions: numbers go on after it')
    .addOption(
      new Option('--numbered <how>', 'what the register has already')
        .choices(['leave-out', 'again'])
        .default('leave-out'),
    );

const withForm = (produce: Command): Command =>
  produce
    .addOption(
      new Option('--dedupe <scope>', 'mark copies; nothing is left out')
        .choices(['none', 'custodian', 'global'])
        .default('none'),
    )
    .option('--inclusive', 'mark messages whose whole text a later one holds')
    .addOption(
      new Option('--encoding <name>', 'of the load file').choices(['utf-8', 'utf-8-bom', 'utf-16le', 'windows-1252']),
    )
    .option('--time-zone <name>', 'the zone of every date, an IANA name', 'UTC')
    .addOption(new Option('--volume-size <size>', 'natives in a volume, such as 700M').argParser(size))
    .addOption(new Option('--volume-count <n>', 'documents in a volume').argParser(integer(1, 1e9)))
    .option('--no-natives', 'leave natives out')
    .option('--no-text', 'leave extracted text out')
    .option('--tar', 'one tar file instead of a folder')
    .option('--zip', 'one zip file instead of a folder')
    .option('--name <name>', "the bundle's or image's name without its ending", 'production')
    .option('--case-number <text>', 'for nuix')
    .option('--evidence-number <text>', 'for nuix')
    .option('--examiner <name>', 'for nuix')
    .option('--created <time>', 'RFC 3339, written where a format asks when it was made (default: now)');

/** `produce` and `lint`. */
export const addProduce: AddCommands = (program, run) => {
  const produce = command(
    program,
    'produce <dest...>',
    'make a numbered production for Relativity, Everlaw, Nuix, counsel',
  )
    .addOption(new Option('-p, --profile <name>', 'what it is for').choices(PROFILE_CHOICES).makeOptionMandatory())
    .requiredOption('-o, --out <folder>', 'folder or s3://bucket/prefix to write to')
    .option(
      '-s, --source <source>',
      'the archive of each DEST, in their order (default: where the run read it)',
      several,
    )
    .option(
      '--custodian-name <name>',
      'the custodian of each DEST, in their order (default: its last folder)',
      several,
    );
  withForm(withNumbers(withSelection(produce)))
    .addHelpText(
      'after',
      '\nDEST is what `mailproof process` wrote; several make one production of several custodians.',
    )
    .addHelpText(
      'after',
      examples(
        'mailproof produce evidence/ --profile relativity --out production/ --prefix ACME --dedupe global',
        'mailproof produce anna/ bob/ --profile everlaw --out s3://bucket/production --zip',
        'mailproof produce evidence/ --profile sec --out second/ --register production/register.jsonl --prefix ACME',
      ),
    )
    .addHelpText('after', exitStatus(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '130/143']))
    .action((dests, options) =>
      run(options, async (context) => (await import('./commands/produce.ts')).produceCommand(context, dests, options)),
    );
  command(program, 'lint <folder>', "hold a production to its platform's rules, ours or anybody's")
    .addOption(new Option('-p, --profile <name>', 'the platform').choices(PROFILE_CHOICES))
    .addHelpText(
      'after',
      examples('mailproof lint production/', 'mailproof lint s3://bucket/production --profile disco'),
    )
    .addHelpText('after', exitStatus(['0', '1', '2', '4', '5', '6', '7', '130/143']))
    .action((folder, options) =>
      run(options, async (context) => (await import('./commands/lint.ts')).lintCommand(context, folder, options)),
    );
};
