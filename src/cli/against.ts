import type { ManifestReader } from '../manifest/index.ts';
import { type Finding, MailproofError } from '../model/index.ts';
import type { Witness } from '../verify/witness.ts';
import type { Context } from './context.ts';

/** What an independent witness says. */
export interface Testimony {
  readonly findings: readonly Finding[];
  readonly witnesses: readonly Witness[];
  /** An earlier manifest is compared by the checks themselves. */
  readonly earlier: ManifestReader | null;
}

/** Secrets come by the environment: an argument ends in shell histories and process lists. */
function secret(context: Context, name: string): string {
  const value = context.environment[name];
  if (value !== undefined && value !== '') return value;
  throw new MailproofError('CREDENTIALS_MISSING', `The environment variable ${name} is not set.`, {
    advice: `Set ${name}; it is read by Mailproof only and written nowhere.`,
  });
}

/** Asks the witness of `--against`: the live mailbox over IMAP or EWS, or the manifest of an earlier export. */
export async function askWitness(
  context: Context,
  manifest: ManifestReader,
  witness: string,
  exportStart: string | null,
): Promise<Testimony> {
  if (/^imaps?:\/\//i.test(witness)) return askImap(context, manifest, witness, exportStart);
  if (/^ews:\/\//i.test(witness)) return askEws(context, manifest, witness);
  const [{ openSink }, { ManifestReader: Reader }] = await Promise.all([
    import('./sink.ts'),
    import('../manifest/index.ts'),
  ]);
  return { findings: [], witnesses: [], earlier: await Reader.open(await openSink(context, witness, {})) };
}

async function askImap(
  context: Context,
  manifest: ManifestReader,
  witness: string,
  exportStart: string | null,
): Promise<Testimony> {
  const [{ ImapMailbox }, { parseImapLocation }, { compareLive }] = await Promise.all([
    import('../io/imap.ts'),
    import('../io/imap-location.ts'),
    import('../verify/live/index.ts'),
  ]);
  const location = parseImapLocation(witness);
  if (location.user === '') {
    throw new MailproofError('USAGE', `${witness} names no user: imaps://user@host was expected.`, {
      advice: 'WorkMail takes the full address: imaps://anna@example.com@imap.mail.REGION.awsapps.com',
    });
  }
  const mailbox = new ImapMailbox({ ...location, password: secret(context, 'MAILPROOF_IMAP_PASSWORD') });
  const { printer, signal } = context;
  try {
    const compared = await compareLive({
      manifest,
      mailbox,
      exportStart,
      signal,
      onProgress: (records, totalEntries) =>
        printer.progress({
          phase: 'verify',
          bytes: 0,
          totalBytes: null,
          entries: records,
          totalEntries,
          records,
          issues: 0,
        }),
    });
    return { findings: compared.findings, witnesses: [compared.witness], earlier: null };
  } finally {
    await mailbox.close();
  }
}

async function askEws(context: Context, manifest: ManifestReader, witness: string): Promise<Testimony> {
  const [{ ewsFolderCounts }, { compareCounts }] = await Promise.all([
    import('../io/ews.ts'),
    import('../verify/live/index.ts'),
  ]);
  const named = witness.replace(/^ews:/i, 'https:');
  const url = URL.canParse(named) ? new URL(named) : null;
  const address = url?.searchParams.get('address') ?? '';
  if (url === null || address === '') {
    throw new MailproofError('USAGE', `${witness} names no mailbox: ews://host?address=user@example.com was expected.`);
  }
  const endpoint = `https://${url.host}${url.pathname === '/' || url.pathname === '' ? '/EWS/Exchange.asmx' : url.pathname}`;
  const token = secret(context, 'MAILPROOF_EWS_TOKEN');
  const now = await ewsFolderCounts({ endpoint, token, address }, context.signal);
  const location = `ews://${url.host}`;
  const compared = await compareCounts({ manifest, location, now, signal: context.signal });
  return { findings: compared.findings, witnesses: [compared.witness], earlier: null };
}
