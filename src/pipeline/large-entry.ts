import { createHash } from 'node:crypto';
import { parseCalendar } from '../calendar/index.ts';
import type { BatchOutput } from '../manifest/index.ts';
import { LargeMessageReader, looksLikeMessage } from '../mime/index.ts';
import type { EntryStream, Native, ReadEntry } from '../model/index.ts';
import { BatchWriter } from './batch-writer.ts';
import { addOther, countEntry, countItem, originOf } from './entry-records.ts';
import { addMessage } from './message-records.ts';

/** Reads an entry too large to be held: digested and parsed as it streams by, never in memory as a whole. */
export async function processLargeEntry(stream: EntryStream): Promise<BatchOutput> {
  const writer = new BatchWriter();
  const sha256 = createHash('sha256');
  const md5 = createHash('md5');
  let reader: LargeMessageReader | null = null;
  let size = 0;
  for await (const chunk of stream.chunks) {
    if (size === 0 && (looksLikeMessage(chunk) || /\.eml$/i.test(stream.entry.path))) {
      reader = new LargeMessageReader({ parseCalendar });
    }
    size += chunk.length;
    sha256.update(chunk);
    md5.update(chunk);
    reader?.push(chunk);
  }
  const { issues, used } = stream.outcome();
  const read: ReadEntry = { entry: stream.entry, bytes: null, issues, used };
  const mediaType = reader === null ? 'application/octet-stream' : 'message/rfc822';
  const native: Native = { mediaType, size, digest: `sha256:${sha256.digest('hex')}`, md5: md5.digest('hex') };
  countEntry(writer, read);
  if (reader === null) addOther(writer, read, size === 0 ? 'unreadable' : 'unknown', size === 0 ? null : native, null);
  else {
    countItem(writer, read, size);
    addMessage(writer, originOf(read), issues, native, reader.end());
  }
  return writer.finish(stream.entry.ordinal + 1);
}
