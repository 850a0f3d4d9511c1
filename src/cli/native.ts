import { hash } from 'node:crypto';
import { openArchive, readBatch } from '../archive/index.ts';
import { looksLikeCalendar, parseCalendar } from '../calendar/index.ts';
import { entryId, type ManifestReader, recordsOfCalendar, recordsOfMessage } from '../manifest/index.ts';
import { parseMessage } from '../mime/index.ts';
import { type ItemRecord, MailproofError } from '../model/index.ts';
import type { Context } from './context.ts';
import { openSource, type SourceOptions } from './source.ts';

/** Writes a record's original octets to standard output, checked against its digest before the first one leaves. */
export async function writeNative(
  context: Context,
  reader: ManifestReader,
  record: ItemRecord,
  source: string | undefined,
  options: SourceOptions,
): Promise<void> {
  if (record.native === null) {
    throw new MailproofError(
      'RECORD_NOT_FOUND',
      `The octets of record ${record.id} could not be read from the archive.`,
    );
  }
  const location = source ?? (await recordedSource(reader));
  const opened = await openSource(context, location, options);
  try {
    const octets = await entryOctets(opened.source, record, context.signal);
    const native = octets === null ? null : within(octets, record);
    const digest = native === null ? 'nothing' : `sha256:${hash('sha256', native, 'hex')}`;
    if (native === null || digest !== record.native.digest) {
      throw new MailproofError(
        'SOURCE_CHANGED',
        `Record ${record.id} should be ${record.native.digest}, but ${location} holds ${digest} there.`,
        { advice: 'Give the archive the manifest was made from with --source.' },
      );
    }
    process.stdout.write(native);
  } finally {
    await opened.source.close();
    opened.close();
  }
}

async function recordedSource(reader: ManifestReader): Promise<string> {
  const custody = await reader.custody();
  const facts = custody?.['source'];
  const known: unknown = typeof facts === 'object' && facts !== null ? Reflect.get(facts, 'location') : null;
  if (typeof known === 'string') return known;
  throw new MailproofError('USAGE', 'The manifest does not say where its archive lies.', {
    advice: 'Give the archive with --source.',
  });
}

/** The octets of the record's entry: one read of the batch it lies in. */
async function entryOctets(
  source: Parameters<typeof openArchive>[0],
  record: ItemRecord,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  const archive = await openArchive(source, { signal });
  const wanted = record.source.index;
  for await (const piece of archive.pieces({ fromEntry: wanted, readAhead: 0, signal })) {
    if (piece.kind === 'stream') {
      if (piece.stream.entry.ordinal !== wanted) continue;
      const chunks: Uint8Array[] = [];
      for await (const chunk of piece.stream.chunks) chunks.push(chunk);
      return Buffer.concat(chunks);
    }
    if ((piece.batch.entries.at(-1)?.ordinal ?? -1) < wanted) continue;
    for (const read of readBatch(archive.format, piece.batch)) {
      if (read.entry.ordinal === wanted) return read.bytes;
    }
    return null;
  }
  return null;
}

/** The octets of the record itself within its entry's: the entry's own, or those of what lies in it. */
function within(octets: Uint8Array, record: ItemRecord): Uint8Array | null {
  if (record.family.parent === null) return octets;
  const entry = entryId(record.source.index);
  const records = looksLikeCalendar(octets)
    ? recordsOfCalendar(parseCalendar(octets).items, entry)
    : recordsOfMessage(parseMessage(octets, { parseCalendar }), entry);
  for (const each of records) if (each.id === record.id) return each.octets();
  return null;
}
