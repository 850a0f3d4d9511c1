import type { Printer, PrinterOptions } from './printer.ts';

const STATUS_INTERVAL = 1000;

/** JSON lines on standard output: `status`, `issue`, `finding`, `summary`, `exit_error`. Fields are added, never removed. */
export function jsonPrinter(options: PrinterOptions): Printer {
  const line = (value: object) => options.out(`${JSON.stringify(value)}\n`);
  let last = 0;
  return {
    progress(progress) {
      if (options.quiet || options.now() - last < STATUS_INTERVAL) return;
      last = options.now();
      line({ message_type: 'status', ...progress });
    },
    note(message) {
      if (!options.quiet) line({ message_type: 'status', note: message });
    },
    issue(id, entry, { code, severity, message, part }) {
      line({ message_type: 'issue', id, entry, code, severity, message, ...(part !== undefined && { part }) });
    },
    finding: ({ range, ...finding }) =>
      line({ message_type: 'finding', ...finding, ...(range !== undefined && { range: [...range] }) }),
    data: (value) => line(value),
    summary: ({ data }) => line({ message_type: 'summary', ...data }),
    error({ code, message, advice, details }, exitCode) {
      line({ message_type: 'exit_error', code, message, advice, details, exitCode });
    },
    close: () => undefined,
  };
}
