import { InvalidArgumentError, Option } from 'commander';
import { type AddCommands, command, examples, SOURCE_HELP, withPins, workers } from './command.ts';
import { exitStatus } from './exit-codes.ts';

/** `1%`, `0.5 %` or `0.01`: a share of the entries, above nothing and at most all. */
function share(text: string): number {
  const match = /^(\d{1,3}(?:\.\d{1,6})?)\s*(%?)$/.exec(text);
  const value = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('A share like 1% or 0.01 is expected.');
  return value;
}

/** A date nobody can read would be later than no item: nothing would be left out, and nobody would know. */
function instantGiven(text: string): string {
  const day = /^(\d{4}-\d\d-\d\d)(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?$/.exec(text)?.[1];
  // JavaScript takes 31 February for 3 March.
  const exists = day !== undefined && new Date(`${day}T00:00:00Z`).getUTCDate() === Number(day.slice(8));
  if (exists && !Number.isNaN(Date.parse(text))) return text;
  throw new InvalidArgumentError('A date like 2026-01-31 or 2026-01-31T09:00:00Z is expected.');
}

/** As `verify` and `sha256sum` print it. */
function digest(text: string): string {
  const hexadecimal = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(text.trim())?.[1];
  if (hexadecimal === undefined) throw new InvalidArgumentError('A SHA-256 of 64 hexadecimal digits is expected.');
  return `sha256:${hexadecimal.toLowerCase()}`;
}

const AGAINST_HELP = `
WITNESS is imaps://user@host (password in MAILPROOF_IMAP_PASSWORD), ews://host?address=user@example.com
(token in MAILPROOF_EWS_TOKEN), or the manifest of an earlier export of the same mailbox.`;

const RESUMED_HELP = `
Run again after an interruption it goes on where it was, and its verdict says which entries an earlier part read, and when
(\`carriedOver\` with --json). The archive's own digests are then not taken, unless --all-digests reads all of it. What was kept
of another manifest, archive, version or selection is refused, and so is a file that others may write to. --second-opinion
goes on too; --against asks again from the beginning.`;

/** `verify`. */
export const addVerify: AddCommands = (program, run) => {
  withPins(command(program, 'verify <dest>', 'read everything again and confirm it, or name the difference'))
    .option('-s, --source <source>', 'the archive the manifest was made from: every item is read and hashed again')
    .option('--against <witness>', 'an independent witness: the live mailbox, or an earlier manifest')
    .option('--output-log <file>', "the export's output log, where it does not lie beside the archive")
    .addOption(new Option('--sample <share>', 'read only this share of the entries again, e.g. 1%').argParser(share))
    .option('--seed <text>', 'draws another sample, e.g. the year; the same text draws the same')
    .addOption(
      new Option('--since <date>', 'read only the entries of items sent since then again').argParser(instantGiven),
    )
    .addOption(
      new Option('--manifest-digest <sha256>', 'the digest of manifest.json as you noted it elsewhere').argParser(
        digest,
      ),
    )
    .option('--all-digests', 'read all of the archive, and take its SHA-384 and MD5 again too')
    .option('--state <file>', 'keeps how far it is, to go on when run again (default: beside a manifest in a folder)')
    .option('--second-opinion', 'parse every message with mailparser too, and list the differences (slow)')
    .addOption(workers())
    .addHelpText('after', SOURCE_HELP)
    .addHelpText('after', AGAINST_HELP)
    .addHelpText('after', RESUMED_HELP)
    .addHelpText(
      'after',
      examples(
        'mailproof verify evidence/',
        'mailproof verify evidence/ --source export.zip',
        'mailproof verify evidence/ --manifest-digest sha256:b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
        'mailproof verify evidence/ --source s3://bucket/exports/anna.zip --sample 1%',
        'mailproof verify evidence/ --against imaps://anna@example.com@imap.mail.eu-west-1.awsapps.com',
      ),
    )
    .addHelpText('after', exitStatus(['0', '1', '2', '4', '5', '6', '7', '9', '10', '130/143']))
    .action((dest, options) =>
      run(options, async (context) => (await import('./commands/verify.ts')).verifyCommand(context, dest, options)),
    );
};

/** `compare`. */
export const addCompare: AddCommands = (program, run) => {
  command(program, 'compare <earlier> <later>', 'compare two manifests of one mailbox, item by item')
    .option('--all', 'list the equal ones too')
    .addHelpText(
      'after',
      '\n= the same   - only in the earlier   + only in the later   * the same item, other content   ! unreadable',
    )
    .addHelpText('after', examples('mailproof compare march/ april/'))
    .addHelpText('after', exitStatus(['0', '1', '2', '4', '5', '6', '7', '130/143']))
    .action((earlier, later, options) =>
      run(options, async (context) =>
        (await import('./commands/compare.ts')).compareCommand(context, earlier, later, options),
      ),
    );
};

/** `report`. */
export const addReport: AddCommands = (program, run) => {
  command(program, 'report <dest>', 'write report.html beside the manifest: one page for people')
    .option('--output-log <file>', "the export's output log, where it does not lie beside the archive")
    .option('--tables', 'write Summary, Items, Settings and Exceptions as CSV and JSON lines below tables/ too')
    .option('--declaration', 'write a draft declaration for counsel too (US FRE 902(13)/(14))')
    .option('--timestamp <url>', 'ask this RFC 3161 authority for a stamp of manifest.json')
    .option(
      '--timestamp-authority <file>',
      'PEM file of the certificates that authority is trusted by; alone, it verifies the stamp that is there',
    )
    .addHelpText('after', examples('mailproof report evidence/', 'mailproof report evidence/ --declaration'))
    .addHelpText('after', exitStatus(['0', '1', '2', '4', '5', '6', '7', '9', '10', '130/143']))
    .action((dest, options) =>
      run(options, async (context) => (await import('./commands/report.ts')).reportCommand(context, dest, options)),
    );
};
