import type { Issue, ItemRecord } from '../../model/index.ts';
import { MailproofError } from '../../model/index.ts';
import type { CommonOptions, Context } from '../context.ts';
import type { DecryptOptions } from '../decrypted-source.ts';
import { EXIT } from '../exit-codes.ts';
import { octets } from '../units.ts';

export interface ShowOptions extends CommonOptions, DecryptOptions {
  readonly as: 'summary' | 'record' | 'headers' | 'text' | 'native';
  readonly source?: string;
  readonly versionId?: string;
  /** `FROM..TO`. */
  readonly expand?: string;
  /** Instead of an id: the event of this UID. */
  readonly uid?: string;
}

/** `show DEST ID`, or `show DEST --uid UID`. */
export async function showCommand(
  context: Context,
  dest: string,
  id: string | undefined,
  options: ShowOptions,
): Promise<number> {
  const [{ openSink }, { ManifestReader }] = await Promise.all([
    import('../sink.ts'),
    import('../../manifest/read.ts'),
  ]);
  const open = async () => ManifestReader.open(await openSink(context, dest, {}));
  if (options.uid !== undefined && id === undefined) {
    const { historyCommand } = await import('./show-history.ts');
    return historyCommand(context, await (await open()).history(options.uid));
  }
  if (id === undefined || options.uid !== undefined) {
    throw new MailproofError('USAGE', 'A record or --uid was expected, and not both.', {
      advice: 'Write `mailproof show DEST ID` or `mailproof show DEST --uid UID`.',
    });
  }
  const reader = await open();
  const record = /^\d{8,}(\.|$)/.test(id) ? await reader.record(id) : await byMessageId(reader, id);
  const { printer } = context;
  if (options.expand !== undefined) return expandCommand(context, record, options.expand);
  switch (options.as) {
    case 'record':
      printer.data(record, JSON.stringify(record, null, 2));
      break;
    case 'headers': {
      const fields = record.email?.headers ?? [];
      const lines = fields.map(({ name, value }) => `${name}:${value}`);
      printer.data({ id: record.id, headers: fields.map((field) => ({ ...field })) }, lines.join('\n'));
      break;
    }
    case 'text': {
      const text = await reader.text(record);
      printer.data({ id: record.id, text }, text);
      break;
    }
    case 'native': {
      const { writeNative } = await import('../native.ts');
      await writeNative(context, reader, record, options.source, options);
      break;
    }
    case 'summary':
      printer.data(record, summaryText(record, (await reader.text(record)).slice(0, 600)));
      break;
  }
  return EXIT.done;
}

/** The instances of a recurring item that overlap a range, a line each; what bounds the list is said. */
async function expandCommand({ printer }: Context, record: ItemRecord, range: string): Promise<number> {
  const [from, to, ...rest] = range.split('..');
  const payload = record.event ?? record.task;
  if (from === undefined || to === undefined || rest.length > 0 || payload === undefined) {
    const why = payload === undefined ? `Record ${record.id} is no calendar item` : `${range} is no range`;
    throw new MailproofError('USAGE', `${why}: FROM..TO of an event was expected.`, {
      advice: 'Write it like --expand 2026-01-01..2026-12-31.',
    });
  }
  const { expand } = await import('../../calendar/index.ts');
  const onIssue = (found: Issue) => printer.issue(record.id, record.source.entry, found);
  for (const instance of expand({ ...payload, event: payload.jscalendar }, from, to, { onIssue })) {
    const { start, end } = instance;
    const shown = [start, end].map((time) => (time === null ? '' : `${time.local} ${time.timeZone ?? ''}`.trim()));
    printer.data({ message_type: 'instance', ...instance }, shown.join('  to  '));
  }
  return EXIT.done;
}

async function byMessageId(reader: import('../../manifest/index.ts').ManifestReader, id: string): Promise<ItemRecord> {
  const key = id.replace(/^<|>$/g, '');
  const [row] = await reader.find('message-id', key);
  if (row === undefined) {
    throw new MailproofError('RECORD_NOT_FOUND', `No record has the Message-ID ${key}.`, {
      advice: 'Message-IDs compare case-sensitively; record ids look like 00000123 or 00000123.2.',
    });
  }
  return reader.at(row.shard, row.offset, row.length);
}

function summaryText(record: ItemRecord, text: string): string {
  const people = (list: readonly { name: string | null; email: string }[] | null) =>
    (list ?? []).map(({ name, email }) => (name === null ? email : `${name} <${email}>`)).join(', ');
  const { email, native, source } = record;
  const calendar = record.event ?? record.task;
  const rows: (readonly [string, string | null | undefined])[] = [
    ['Record', `${record.id} (${record.type})`],
    ['Entry', source.entry],
    ['Folder', record.folderPath.join(' / ')],
    ['Parent', record.family.parent],
    ['From', people(email?.from ?? null)],
    ['To', people(email?.to ?? null)],
    ['Cc', people(email?.cc ?? null)],
    ['Subject', email?.subject],
    ['Sent', email?.sentAt],
    ['Message-ID', record.identity.messageId],
    ['Attachments', email?.attachments.map((part) => `${part.name ?? part.type} (${octets(part.size)})`).join(', ')],
    ['Title', typeof calendar?.jscalendar['title'] === 'string' ? calendar.jscalendar['title'] : null],
    ['Start', calendar?.start?.utc ?? calendar?.start?.local],
    ['Kind', record.other?.kind],
    ['File', record.attachment?.name],
    ['Native', native === null ? 'could not be read' : `${octets(native.size)}, ${native.digest}`],
    [
      'Issues',
      record.issues.map((issue) => `${issue.severity} ${issue.code}: ${issue.message}`).join('\n             '),
    ],
  ];
  const shown = rows.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return `${shown.map(([label, value]) => `${label.padEnd(11)}  ${value}`).join('\n')}${text === '' ? '' : `\n\n${text}`}`;
}
