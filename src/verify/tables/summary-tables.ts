import type { ManifestReader } from '../../manifest/index.ts';
import type { ItemRecord, Ledger } from '../../model/index.ts';
import type { SourceFacts } from '../facts.ts';
import type { Verdict } from '../verdict.ts';
import type { Row } from './csv.ts';

/** A table of an export's report, as eDiscovery platforms give them. Rows come in batches: there may be millions. */
export interface SummaryTable {
  readonly name: 'Summary' | 'Items' | 'Settings' | 'Exceptions';
  readonly columns: readonly string[];
  rows(): AsyncGenerator<readonly Row[]>;
}

export interface SummaryTablesInput {
  readonly manifest: ManifestReader;
  readonly ledger: Ledger;
  readonly verdict?: Verdict | null;
  readonly facts?: SourceFacts | null;
  readonly signal?: AbortSignal;
}

const ITEM_COLUMNS = [
  'Id',
  'Type',
  'Family root',
  'Parent',
  'Folder',
  'Entry',
  'Size',
  'SHA-256',
  'MD5',
  'Message-ID',
  'Subject',
  'From',
  'To',
  'Sent',
  'Start',
  'Attachments',
  'Issues',
  'Worst issue',
] as const;

const EXCEPTION_COLUMNS = ['Id', 'Entry', 'Folder', 'Severity', 'Code', 'Part', 'Message'] as const;

const addressList = (list: readonly { readonly email: string }[] | null | undefined): string =>
  (list ?? []).map(({ email }) => email).join('; ');

function worstOf({ issues }: ItemRecord): string | null {
  for (const severity of ['error', 'warning', 'info'])
    if (issues.some((issue) => issue.severity === severity)) return severity;
  return null;
}

function itemRow(record: ItemRecord): Row {
  const { email, family, native } = record;
  const item = record.event ?? record.task;
  const title = item?.jscalendar['title'];
  return [
    record.id,
    record.type,
    family.root,
    family.parent,
    record.folderPath.join('/'),
    record.source.entry,
    native?.size ?? null,
    native?.digest.slice('sha256:'.length) ?? null,
    native?.md5 ?? null,
    record.identity.messageId,
    email?.subject ?? (typeof title === 'string' ? title : null),
    addressList(email?.from),
    addressList(email?.to),
    email?.sentAt ?? null,
    item?.start?.utc ?? item?.start?.local ?? null,
    email?.attachments.length ?? null,
    record.issues.length,
    worstOf(record),
  ];
}

const exceptionRows = (record: ItemRecord): Row[] =>
  record.issues.map(({ severity, code, part, message }) => [
    record.id,
    record.source.entry,
    record.folderPath.join('/'),
    severity,
    code,
    part ?? null,
    message,
  ]);

function summaryRows({ manifest, ledger, verdict }: SummaryTablesInput): Row[] {
  const { archive, entries, items, parts, records } = ledger;
  const root = manifest.root;
  return [
    ['Verdict', verdict?.verdict ?? null],
    ['Archive octets', archive.size],
    ['Archive SHA-256', root.archive.sha256],
    ['Archive MD5', root.archive.md5],
    ['Manifest SHA-256', manifest.digest],
    ['Octets of local headers', archive.headers],
    ['Octets of data', archive.data],
    ['Octets of descriptors', archive.descriptors],
    ['Octets of the directory', archive.directory],
    ['Octets of gaps', archive.gapBytes],
    ['Octets unaccounted for', archive.unaccounted],
    ['Entries declared', entries.declared],
    ['Entries found', entries.found],
    ['Entries that hold items', entries.items],
    ['Directories', entries.directories],
    ['Output logs', entries.logs],
    ['Other entries', entries.other],
    ['Unreadable entries', entries.unreadable],
    ['Entries unaccounted for', entries.unaccounted],
    ['Items', items.total],
    ['Items read', items.read],
    ['Items read with issues', items.readWithIssues],
    ['Items unreadable', items.unreadable],
    ['Parts declared', parts.declared],
    ['Parts extracted', parts.extracted],
    ['Parts failed', parts.failed],
    ['Octets of items', ledger.nativeBytes],
    ['Octets of text', ledger.textBytes],
    ['Records', records.total],
    ...Object.entries(records.byType).map(([type, count]): Row => [`Records of type ${type}`, count]),
    ...Object.entries(ledger.folders).map(([folder, count]): Row => [`Items in folder ${folder || '(root)'}`, count]),
    ...Object.entries(ledger.issues).map(([code, count]): Row => [`Issues ${code}`, count]),
    ['Ledger balances', ledger.balanced],
  ];
}

function settingsRows({ manifest, facts }: SummaryTablesInput): Row[] {
  const { root } = manifest;
  const given = (group: string, values: object | null | undefined): Row[] =>
    Object.entries(values ?? {}).flatMap(([name, value]): Row[] =>
      value === null || typeof value === 'object' ? [] : [[`${group} ${name}`, String(value)]],
    );
  return [
    ['Tool', `${root.tool.name} ${root.tool.version}`],
    ['Schema version', root.schemaVersion],
    ['Archive format', root.archive.format],
    ['Archive salvaged', root.archive.salvaged],
    ...Object.entries(root.settings).map(([name, value]): Row => [`Setting ${name}`, value]),
    ...given('Job', facts?.job),
    ...given('Object', facts?.object),
    ...given('Mailbox', facts?.mailbox),
    ...(facts?.outputLogs ?? []).flatMap(({ where, values }) => given(`Output log (${where})`, values)),
  ];
}

/** Summary, Items, Settings and Exceptions, as Purview gives them: for CSV (`csvLines`) or JSON (`jsonLines`). */
export function summaryTables(input: SummaryTablesInput): SummaryTable[] {
  const { manifest, signal } = input;
  const table = (name: SummaryTable['name'], columns: readonly string[], rows: SummaryTable['rows']): SummaryTable => ({
    name,
    columns,
    rows,
  });
  return [
    table('Summary', ['Name', 'Value'], async function* () {
      yield summaryRows(input);
    }),
    table('Items', ITEM_COLUMNS, async function* () {
      for await (const records of manifest.records(signal)) yield records.map(itemRow);
    }),
    table('Settings', ['Name', 'Value'], async function* () {
      yield settingsRows(input);
    }),
    table('Exceptions', EXCEPTION_COLUMNS, async function* () {
      for await (const records of manifest.records(signal)) yield records.flatMap(exceptionRows);
    }),
  ];
}
