import { parseMessage } from '../../mime/index.ts';
import type { Side } from './held-messages.ts';
import { KeyColumns } from './key-columns.ts';
import { messageKeys } from './message-keys.ts';
import type { LiveFolder, LiveMailbox } from './port.ts';

export interface LiveSide extends Side {
  readonly listed: readonly LiveFolder[];
  /** Messages of each folder when all had been read: between the two counts lies what was read. */
  readonly after: readonly number[];
  /** Messages of each folder that were given. */
  readonly given: readonly number[];
}

/** The mailbox's messages, folder by folder, with the counts before and after. */
export async function liveMessages(
  mailbox: LiveMailbox,
  onBatch: (read: number, total: number) => void,
  signal?: AbortSignal,
): Promise<LiveSide> {
  const listed = await mailbox.folders(signal);
  const total = listed.reduce((sum, folder) => sum + folder.total, 0);
  const messages = new KeyColumns();
  const given: number[] = [];
  for (const [folder, { name }] of listed.entries()) {
    const before = messages.count;
    for await (const headers of mailbox.headers(name, signal)) {
      for (const { uid, size, arrived, header } of headers) {
        const { email } = parseMessage(header);
        messages.push({ ...messageKeys(email), folder, size, name: uid, arrived: arrived ?? Number.NaN });
      }
      onBatch(messages.count, total);
    }
    given.push(messages.count - before);
  }
  const again = new Map((await mailbox.folders(signal)).map(({ name, total: count }) => [name, count]));
  return {
    messages,
    folders: listed.map(({ path }) => path),
    listed,
    after: listed.map(({ name }) => again.get(name) ?? 0),
    given,
  };
}
