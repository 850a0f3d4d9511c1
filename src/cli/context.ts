import { type Clock, MailproofError } from '../model/index.ts';
import { jsonPrinter } from './json-printer.ts';
import type { Printer, PrinterOptions } from './printer.ts';
import { textPrinter } from './text-printer.ts';

/** Options every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** What a command is given beside its arguments: its only way to the world. */
export interface Context {
  readonly printer: Printer;
  readonly clock: Clock;
  /** Aborted by SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For a command that prints as it goes; results otherwise go through the printer. */
  readonly out: (text: string) => void;
}

/** Text for people or JSON lines for machines. */
export function makePrinter(common: CommonOptions, terminal: Omit<PrinterOptions, 'quiet' | 'verbose'>): Printer {
  const options: PrinterOptions = { ...terminal, quiet: common.quiet ?? false, verbose: common.verbose ?? false };
  return common.json === true ? jsonPrinter(options) : textPrinter(options);
}

/** What was thrown, as an error of ours: anything else is a bug, and says so. */
export function asMailproofError(thrown: unknown): MailproofError {
  if (thrown instanceof MailproofError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new MailproofError('UNEXPECTED', `Something failed that should not have: ${message}`, {
    cause: thrown,
    advice: 'This is a bug in Mailproof. Run again with MAILPROOF_TRACE=1 and report what it prints.',
  });
}
