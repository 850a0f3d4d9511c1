#!/usr/bin/env node
import { setTimeout as delay } from 'node:timers/promises';
import { CommanderError } from 'commander';
import { MailproofError } from '../model/index.ts';
import { asMailproofError, type CommonOptions, type Context, makePrinter } from './context.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { buildProgram } from './program.ts';

const interruption = new AbortController();
let signalCode: number | null = null;
for (const [name, code] of [
  ['SIGINT', EXIT.interrupted],
  ['SIGTERM', EXIT.terminated],
] as const) {
  process.on(name, () => {
    // A second signal means: now.
    if (signalCode !== null) process.exit(code);
    signalCode = code;
    interruption.abort(new MailproofError('CANCELLED', `Interrupted by ${name}.`, { advice: 'Run again to resume.' }));
  });
}

// `mailproof show … | head` ends the reader first: that is no failure of ours. Nor is it a success: `verify … | head` must
// exit with its verdict and `process … | head` must finish, so what is left to say is dropped and the work goes on.
let readerGone = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE' && !readerGone) process.exit(EXIT.output);
  readerGone = true;
});
process.stderr.on('error', () => undefined);

const clock = {
  now: () => Date.now(),
  sleep: async (milliseconds: number, signal?: AbortSignal) => {
    await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
  },
};

const terminal = {
  color: process.env['NO_COLOR'] === undefined && process.stderr.isTTY === true && process.stdout.isTTY === true,
  interactive: process.stderr.isTTY === true,
  now: clock.now,
  out: (text: string) => {
    if (!readerGone) process.stdout.write(text);
  },
  err: (text: string) => void process.stderr.write(text),
};

async function run(common: CommonOptions, act: (context: Context) => Promise<number>): Promise<void> {
  const printer = makePrinter(common, terminal);
  try {
    const context = { printer, clock, signal: interruption.signal, environment: process.env, out: terminal.out };
    process.exitCode = await act(context);
  } catch (thrown) {
    const cancelled: unknown = interruption.signal.aborted ? interruption.signal.reason : thrown;
    const error = asMailproofError(cancelled);
    const code = error.code === 'CANCELLED' && signalCode !== null ? signalCode : exitCodeOf(error.code);
    printer.error(error, code);
    if (process.env['MAILPROOF_TRACE'] !== undefined) terminal.err(`${trace(error)}\n`);
    process.exitCode = code;
  } finally {
    printer.close();
  }
}

function trace(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? (error.stack ?? '') : `${error.stack ?? ''}\ncaused by ${trace(error.cause)}`;
}

try {
  await buildProgram(run).parseAsync();
} catch (error) {
  // Help and version end here with 0; a word that was not understood with 2. Commander has printed what it has to say.
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
}
