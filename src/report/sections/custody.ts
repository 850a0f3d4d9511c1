import { code, foreign, html, type Markup } from '../html.ts';
import { custodyText, type ReportInput } from '../input.ts';
import { counted, number } from '../measures.ts';
import { facts, table } from '../table.ts';
import { dependencyDigest, toolOf } from '../tool.ts';

function command({ custody }: ReportInput): string | null {
  const run: unknown = custody?.['run'];
  const words: unknown = typeof run === 'object' && run !== null ? Reflect.get(run, 'command') : null;
  return Array.isArray(words) ? ['mailproof', ...words.map(String)].join(' ') : null;
}

const asCode = (text: string | null | undefined): Markup | null =>
  text === null || text === undefined ? null : code(text);
const asText = (text: string | null | undefined): Markup | null =>
  text === null || text === undefined ? null : foreign(text, 1000);

/** Whose credentials AWS saw, or why that is not known. */
function caller({ custody }: ReportInput): Markup | null {
  const arn = custodyText(custody, 'caller', 'arn');
  return arn === null ? asText(custodyText(custody, 'caller', 'reason')) : code(arn);
}

function toolDigest({ custody }: ReportInput): Markup | null {
  const tool = toolOf(custody);
  return tool === null ? null : html`${code(tool.digest)} over ${counted(tool.files, 'file')} (${code(tool.listed)})`;
}

function dependencies({ custody }: ReportInput): Markup | null {
  const packages = toolOf(custody)?.dependencies ?? null;
  if (packages === null) return null;
  const rows = packages.map((each) => [
    code(each.name),
    html`<span class="whole">${foreign(each.version)}</span>`,
    code(dependencyDigest(each)),
  ]);
  return table('Packages the tool runs on', ['Package', 'Version', 'Digest'], rows);
}

/** Who read what, when, with what, and what it hashes to. */
export function custodySection(input: ReportInput): Markup {
  const { custody, root, facts: known = null, manifestDigest } = input;
  const run = (name: string) => asText(custodyText(custody, 'run', name));
  const source = facts('Source', [
    ['Location', asCode(custodyText(custody, 'source', 'location') ?? known?.object?.location)],
    ['Version', asCode(known?.object?.versionId)],
    ['ETag', asCode(known?.object?.etag)],
    ['Last modified', asText(known?.object?.lastModified)],
    ['Encryption', asText(known?.object?.encryption)],
    ['KMS key', asCode(known?.object?.kmsKeyId)],
    ['Export job', asCode(known?.job?.jobId)],
    ['Job ran', known?.job?.startTime ? asText(`${known.job.startTime} to ${known.job.endTime ?? 'unknown'}`) : null],
  ]);
  const digests = facts('Digests', [
    [
      'Archive',
      `${number(root.archive.size)} octets, ${root.archive.format}${root.archive.salvaged ? ', salvaged: its directory was unusable' : ''}`,
    ],
    ['SHA-256', asCode(root.archive.sha256)],
    ['SHA-384', asCode(root.archive.sha384)],
    ['MD5', asCode(root.archive.md5)],
    ['manifest.json, SHA-256', asCode(manifestDigest ?? custodyText(custody, 'manifest', 'digest'))],
  ]);
  const made = facts('Run', [
    ['Tool', asText(custodyText(custody, 'run', 'tool') ?? `${root.tool.name} ${root.tool.version}`)],
    ['Command', asCode(command(input))],
    ['Started', run('startedAt')],
    ['Finished', run('finishedAt')],
    ['Clock', run('clock')],
    ['Caller', caller(input)],
    ['Host', run('host')],
    ['Platform', run('platform')],
    ['Node.js', run('node')],
    ['Files of the tool, SHA-256', toolDigest(input)],
  ]);
  const stamp = input.timestamp ?? null;
  const stamped =
    stamp === null
      ? null
      : facts('Time stamp of manifest.json (RFC 3161)', [
          ['Existed at', foreign(stamp.time)],
          ['Authority', foreign(stamp.authority)],
          ['Policy', code(stamp.policy)],
          ['Serial number', code(stamp.serial)],
        ]);
  const settings = facts(
    'Settings that shape the manifest',
    Object.entries(root.settings).map(([name, value]) => [
      name,
      foreign(typeof value === 'number' ? number(value) : String(value)),
    ]),
  );
  const none =
    custody === null ? html`<p class="note">There is no custody record (custody.json) beside this manifest.</p>` : null;
  return html`${none}${source}${digests}${stamped}${made}${dependencies(input)}${settings}`;
}
