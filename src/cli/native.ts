import { hash } from 'node:crypto';
import { openArchive, readBatch } from '../archive/index.ts';
import { parseCalendar } from '../calendar/index.ts';
import type { ManifestReader } from '../manifest/index.ts';
import { parseMessage } from '../mime/index.ts';
import { type ItemRecord, MailproofError, type ParsedMessage } from '../model/index.ts';
import type { Context } from './context.ts';
import { openSource } from './source.ts';

/** Writes a record's original octets to standard output, checked against its digest before the first one leaves. */
export async function writeNative(
  context: Context,
  reader: ManifestReader,
  record: ItemRecord,
  source: string | undefined,
): Promise<void> {
  if (record.native === null) {
    throw new MailproofError(
      'RECORD_NOT_FOUND',
      `The octets of record ${record.id} could not be read from the archive.`,
    );
  }
  const location = source ?? (await recordedSource(reader));
  const opened = await openSource(context, location, {});
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

/** The octets of the record itself within its entry's: the entry's own, or those of a part of a part. */
function within(octets: Uint8Array, record: ItemRecord): Uint8Array | null {
  if (record.family.parent === null) return octets;
  let message: Pick<ParsedMessage, 'children'> = parseMessage(octets, { parseCalendar });
  let id = record.family.root;
  for (;;) {
    const next = message.children.find((child) => {
      const suffix =
        child.type === 'CalendarItem' && child.ordinal > 1 ? `${child.partId}.c${child.ordinal}` : child.partId;
      return record.id === `${id}.${suffix}` || (child.type === 'Email' && record.id.startsWith(`${id}.${suffix}.`));
    });
    if (next === undefined) return null;
    id = `${id}.${next.partId}`;
    if (next.type !== 'Email' || record.id === id) return next.octets();
    message = next;
  }
}
