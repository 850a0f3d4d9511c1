import type { JsonObject, MailproofError, Reporter } from '../model/index.ts';

/** A line of a summary: what it is about, and what is said. */
export interface SummaryLine {
  readonly label: string;
  readonly text: string;
}

/** What a command ends with: for people a few lines, for machines one object. */
export interface Summary {
  readonly title: string;
  readonly lines: readonly SummaryLine[];
  readonly data: JsonObject;
  /** What to do next, as commands to copy. */
  readonly next?: readonly string[];
}

/** Everything the commands say goes through one of these: text for people, JSON lines for machines. */
export interface Printer extends Reporter {
  /** The command's result, on standard output: text as it is, or an object as one JSON line. */
  data(value: object, text: string): void;
  summary(summary: Summary): void;
  error(error: MailproofError, exitCode: number): void;
  /** Clears what must not stay on the screen. */
  close(): void;
}

/** What a printer needs to know of the terminal. */
export interface PrinterOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  readonly interactive: boolean;
  readonly now: () => number;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}
