import type { Archive } from '../../archive/index.ts';
import type { JsonObject, JsonValue, SourceIdentity } from '../../model/index.ts';
import type { CommonOptions, Context } from '../context.ts';
import type { DecryptOptions } from '../decrypted-source.ts';
import { EXIT } from '../exit-codes.ts';
import type { Summary, SummaryLine } from '../printer.ts';
import type { OpenedSource } from '../source.ts';
import { number, octets } from '../units.ts';

export interface InspectOptions extends CommonOptions, DecryptOptions {
  readonly versionId?: string;
}

/**
 * `inspect SOURCE`: reads an archive's head and directory, of a collection its listing. An envelope is decrypted in those ranges
 * only, and what is read in them is then marked as not authenticated; what can be read forwards only is said not to be read.
 */
export async function inspectCommand(context: Context, argument: string, options: InspectOptions): Promise<number> {
  const [{ openSource }, { openArchive }] = await Promise.all([
    import('../source.ts'),
    import('../../archive/index.ts'),
  ]);
  const opened = await openSource(context, argument, { ...options, inspecting: true });
  try {
    const { source } = opened;
    const authenticated = authenticatedIn(source.identity);
    const doubt = authenticated === false ? ' (not authenticated)' : '';
    if (opened.unread !== undefined) {
      context.printer.summary(unreadSummary(argument, opened, opened.unread));
      return EXIT.done;
    }
    const archive = await openArchive(source, { signal: context.signal });
    for (const finding of archive.findings) context.printer.finding(finding);
    const custodian = await custodianHint(archive, context.signal);
    const damaged = archive.salvaged || archive.findings.some((finding) => finding.severity === 'error');
    context.printer.summary({
      title: `${source.identity.location}: ${archive.format}${damaged ? ', damaged' : ''}${doubt}`,
      lines: [
        { label: 'Size', text: `${octets(source.size)} (${number(source.size)} octets)` },
        {
          label: 'Entries',
          text: `${archive.declaredEntries === null ? 'not declared' : number(archive.declaredEntries)}${doubt}`,
        },
        { label: 'Modified', text: source.identity.lastModified ?? 'not told' },
        { label: 'Version', text: source.identity.version ?? 'none' },
        ...encryptionLines(source.identity),
        { label: 'Custodian', text: custodian === null ? 'not told by the source' : `${custodian}${doubt}` },
      ],
      next: [`mailproof process ${argument} --out DEST`],
      data: {
        ...opened.facts,
        format: archive.format,
        declaredEntries: archive.declaredEntries,
        salvaged: archive.salvaged,
        authenticated,
        findings: archive.findings.length,
        custodian,
      },
    });
    return damaged ? EXIT.damaged : EXIT.done;
  } finally {
    await opened.source.close();
    opened.close();
  }
}

/** Null where nothing is encrypted by a client. */
function authenticatedIn({ details }: SourceIdentity): boolean | null {
  const envelope = objectIn(details, 'clientSideEncryption');
  return envelope === null ? null : envelope['authenticated'] === true;
}

function unreadSummary(argument: string, { source, facts }: OpenedSource, unread: string): Summary {
  const { identity, size } = source;
  return {
    title: `${identity.location}: begins as ${unread}`,
    lines: [
      { label: 'Size', text: `${octets(size)} (${number(size)} octets, as stored)` },
      { label: 'Entries', text: 'not told: it can be read forwards only, which process does' },
      { label: 'Modified', text: identity.lastModified ?? 'not told' },
      { label: 'Version', text: identity.version ?? 'none' },
      ...encryptionLines(identity),
    ],
    next: [`mailproof process ${argument} --out DEST`],
    data: {
      ...facts,
      format: null,
      begins: unread,
      declaredEntries: null,
      authenticated: authenticatedIn(identity),
      clientSideEncryption: objectIn(identity.details, 'clientSideEncryption'),
    },
  };
}

const textIn = (values: JsonObject, name: string): string | null => {
  const value = values[name];
  return typeof value === 'string' ? value : null;
};

function objectIn(values: JsonObject, name: string): JsonObject | null {
  const value = values[name];
  return typeof value === 'object' && value !== null && !isArray(value) ? value : null;
}

/** `Array.isArray` does not narrow read-only arrays. */
const isArray = (value: object): value is readonly JsonValue[] => Array.isArray(value);

/** Encryption by S3 and, within it, by whoever wrote the object. */
function encryptionLines({ details }: SourceIdentity): SummaryLine[] {
  const lines: SummaryLine[] = [
    { label: 'Encryption', text: textIn(details, 'serverSideEncryption') ?? 'not told' },
    { label: 'Key', text: textIn(details, 'kmsKeyId') ?? 'not told' },
  ];
  const envelope = objectIn(details, 'clientSideEncryption');
  if (envelope !== null) {
    const cipher = textIn(envelope, 'cipher');
    const unproven = cipher === 'AES/CBC/PKCS5Padding' ? 'authenticated by nothing' : 'not authenticated: read in part';
    const proof = envelope['authenticated'] === true ? 'every octet authenticated' : unproven;
    const how = [textIn(envelope, 'format'), cipher, proof].filter((part) => part !== null).join(', ');
    lines.push({ label: 'Envelope', text: how });
    lines.push({ label: 'Envelope key', text: textIn(envelope, 'keyId') ?? 'named by KMS only' });
    lines.push({ label: 'Context', text: JSON.stringify(envelope['context'] ?? {}) });
  }
  const outer = objectIn(details, 'wrappedIn');
  if (outer !== null) lines.push({ label: 'Wrapped in', text: textIn(outer, 'format') ?? 'another archive' });
  return lines;
}

/** The folder that all of the first entries lie in, where there is one: a hint, never more, and never the file's name. */
async function custodianHint(archive: Archive, signal: AbortSignal): Promise<string | null> {
  const roots = new Set<string>();
  for await (const piece of archive.pieces({
    readAhead: 0,
    batchEntries: HINT_ENTRIES,
    batchBytes: HINT_BYTES,
    largeEntryBytes: HINT_BYTES,
    signal,
  })) {
    const entries = piece.kind === 'batch' ? piece.batch.entries : [piece.stream.entry];
    for (const { path } of entries) roots.add(path.includes('/') ? (path.split('/')[0] ?? '') : '');
    break;
  }
  const [root = ''] = roots;
  return roots.size === 1 && root.includes('@') ? root : null;
}

/** Enough to see how paths begin, without reading the archive. */
const HINT_ENTRIES = 32;
const HINT_BYTES = 256 * 1024;
