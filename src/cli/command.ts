import { type Command, Option } from 'commander';
import type { CommonOptions, Context } from './context.ts';
import { integer } from './integer.ts';

/** Runs a command's action with a printer and turns what it throws into an exit code. */
export type Run = (common: CommonOptions, act: (context: Context) => Promise<number>) => Promise<void>;

/** A group of commands, added to the program. Actions are imported when they run: `--help` must start at once. */
export type AddCommands = (program: Command, run: Run) => void;

export const SOURCE_HELP = `
SOURCE is s3://bucket/key, s3://bucket/prefix/ (one object a message), job:ORGANIZATION/JOBID, or a path:\na zip, tar, tar.gz, tar.zst, mbox, one message, a folder of messages or a Maildir.`;

/** The EXAMPLES section of a command's help. */
export const examples = (...lines: readonly string[]): string =>
  `\nEXAMPLES\n${lines.map((line) => `  ${line}`).join('\n')}\n`;

/** A command with what every command has. */
export function command(parent: Command, usage: string, description: string): Command {
  return parent
    .command(usage)
    .description(description)
    .option('--json', 'print JSON lines on standard output')
    .option('-q, --quiet', 'no progress')
    .option('-v, --verbose', 'name entries and show every issue (names may hold personal data)');
}

export const workers = () =>
  new Option('--workers <n>', 'threads that read and parse (default: one per core)').argParser(integer(1, 256));

/** Adds the pins of client-side encryption, for every command that opens an archive. */
export const withPins = (opening: Command): Command =>
  opening
    .addOption(
      new Option(
        '--encryption-context <name=value>',
        'a pair the KMS encryption context must hold (repeatable)',
      ).argParser((pair: string, pairs: readonly string[] | undefined) => [...(pairs ?? []), pair]),
    )
    .option('--decrypt-key-id <arn>', 'the only KMS key that may have wrapped the data key')
    .option('--decrypt-account <id>', 'the only account whose KMS key may have wrapped the data key')
    .option(
      '--wrapping-key <file>',
      "the AES key (its octets) or RSA key (PEM) the data key was wrapped with, where KMS's was not",
    );
