import type { CommonOptions, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { number, octets } from '../units.ts';

export interface InspectOptions extends CommonOptions {
  readonly versionId?: string;
}

/** `inspect SOURCE`: reads the archive's directory only. */
export async function inspectCommand(context: Context, argument: string, options: InspectOptions): Promise<number> {
  const [{ openSource }, { openArchive }] = await Promise.all([
    import('../source.ts'),
    import('../../archive/index.ts'),
  ]);
  const opened = await openSource(context, argument, options);
  try {
    const { source } = opened;
    const archive = await openArchive(source, { signal: context.signal });
    for (const finding of archive.findings) context.printer.finding(finding);
    const { details } = source.identity;
    const text = (value: unknown): string => (typeof value === 'string' ? value : 'not told');
    const damaged = archive.salvaged || archive.findings.some((finding) => finding.severity === 'error');
    context.printer.summary({
      title: `${source.identity.location}: ${archive.format}${damaged ? ', damaged' : ''}`,
      lines: [
        { label: 'Size', text: `${octets(source.size)} (${number(source.size)} octets)` },
        { label: 'Entries', text: archive.declaredEntries === null ? 'not declared' : number(archive.declaredEntries) },
        { label: 'Modified', text: source.identity.lastModified ?? 'not told' },
        { label: 'Version', text: source.identity.version ?? 'none' },
        { label: 'Encryption', text: text(details['serverSideEncryption']) },
        { label: 'Key', text: text(details['kmsKeyId']) },
      ],
      next: [`mailproof process ${argument} --out DEST`],
      data: {
        ...opened.facts,
        format: archive.format,
        declaredEntries: archive.declaredEntries,
        salvaged: archive.salvaged,
        findings: archive.findings.length,
      },
    });
    return damaged ? EXIT.damaged : EXIT.done;
  } finally {
    await opened.source.close();
    opened.close();
  }
}
