import type { ProfileName } from '../../produce/index.ts';
import type { CommonOptions, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { number } from '../units.ts';

export interface LintOptions extends CommonOptions {
  readonly profile?: ProfileName;
}

/** `lint FOLDER`. */
export async function lintCommand(context: Context, folder: string, options: LintOptions): Promise<number> {
  const { printer, signal } = context;
  const [{ openSink }, { lint }] = await Promise.all([import('../sink.ts'), import('../../produce/index.ts')]);
  const findings = await lint({
    sink: await openSink(context, folder, {}),
    reporter: printer,
    signal,
    ...(options.profile !== undefined && { profile: options.profile }),
  });
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const code = errors > 0 ? EXIT.incomplete : EXIT.done;
  printer.summary({
    title: errors > 0 ? 'The production breaks its rules.' : 'The production keeps its rules.',
    lines: [
      { label: 'Faults', text: number(errors) },
      { label: 'Warnings', text: number(findings.length - errors) },
    ],
    data: { exitCode: code, errors, warnings: findings.length - errors },
  });
  return code;
}
