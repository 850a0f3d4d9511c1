import { rawMessageId } from '../../identity/index.ts';
import type { ManifestReader } from '../../manifest/index.ts';
import { parseMessage } from '../../mime/index.ts';
import type { Finding } from '../../model/index.ts';
import { FindingList } from '../finding-list.ts';
import type { Witness } from '../witness.ts';
import { heldMessages } from './held-messages.ts';
import {
  type Compared,
  countSizes,
  differences,
  folderRows,
  joined,
  type LiveCounts,
  type LiveDifference,
  type LiveFolderComparison,
} from './live-difference.ts';
import { type LiveSide, liveMessages } from './live-messages.ts';
import { pairFolders } from './pair-folders.ts';
import { type Pairing, pairMessages, UNPAIRED } from './pair-messages.ts';
import type { LiveMailbox } from './port.ts';

export interface LiveComparison extends LiveCounts {
  readonly folders: readonly LiveFolderComparison[];
  /** Pairs whose Message-IDs differ or are missing. */
  readonly byContent: number;
  /** Pairs whose sizes differ: an export may render a message anew. */
  readonly sizeDiffers: number;
  readonly findings: readonly Finding[];
  readonly witness: Witness;
}

export interface LiveInput {
  readonly manifest: ManifestReader;
  readonly mailbox: LiveMailbox;
  /** RFC 3339: when the export job began. Absent: the newest arrival that both sides have stands in for it. */
  readonly exportStart?: string | null;
  /** Called for every message that is not the same, in order: lists may be longer than memory. */
  readonly onDifference?: (difference: LiveDifference) => void;
  readonly onProgress?: (read: number, total: number) => void;
  readonly signal?: AbortSignal;
}

const CHECK = 'live-mailbox';
/** Messages that are named with their Message-ID; each costs a request. The rest is counted, and goes to `onDifference`. */
const NAMED = 50;

/** The newest arrival that the export has: what came before it and stayed was there to be exported. */
function newestArrival({ messages }: LiveSide, pairing: Pairing): number {
  let newest = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < messages.count; place++) {
    const arrived = messages.arrived[place] ?? Number.NaN;
    if (pairing.live[place] !== UNPAIRED && arrived > newest) newest = arrived;
  }
  // Nothing in common: then nothing excuses what is missing.
  return newest === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : newest;
}

/** How a message that only the mailbox has is called: asked for again, since no name of any is held. */
async function nameOf(input: LiveInput, compared: Compared, difference: LiveDifference): Promise<string> {
  const { uid, folder, arrived } = difference;
  const listed = compared.live.listed.find(({ path }) => joined(path) === folder);
  const again =
    uid === null || listed === undefined ? null : await input.mailbox.header(listed.name, uid, input.signal);
  const email = again === null ? null : parseMessage(again.header).email;
  const messageId = email === null ? null : rawMessageId(email);
  const said = [messageId ?? 'a message without Message-ID', email?.sentAt ?? null, `UID ${uid ?? 0}`];
  const when = arrived === null ? '' : `, arrived ${arrived}`;
  return `${said.filter((each) => each !== null).join(', ')}${when}`;
}

async function findingsOf(input: LiveInput, compared: Compared, counts: LiveCounts): Promise<Finding[]> {
  const { location } = input.mailbox;
  const missing = new FindingList(CHECK, NAMED);
  for (const difference of differences(compared)) {
    input.onDifference?.(difference);
    if (difference.sign !== '-' || difference.since) continue;
    const named = missing.count < NAMED ? await nameOf(input, compared, difference) : '';
    missing.add('error', `${difference.folder} of ${location} holds a message that the export lacks: ${named}.`);
  }
  const findings = [...missing];
  const say = (severity: Finding['severity'], message: string) => findings.push({ check: CHECK, severity, message });
  const many = (count: number) => `${count} message${count === 1 ? '' : 's'}`;
  if (counts.arrivedSince > 0) {
    const since = new Date(compared.cutoff).toISOString();
    if (compared.known)
      say('info', `${many(counts.arrivedSince)} of ${location} arrived after the export began (${since}).`);
    else {
      say(
        'warning',
        `${many(counts.arrivedSince)} of ${location} arrived after the newest that the export holds (${since}): whether they were there when it was made cannot be said without the job's start.`,
      );
    }
  }
  if (counts.moved > 0) say('info', `${many(counts.moved)} of the export are in another folder of ${location} now.`);
  if (counts.added > 0) say('info', `${many(counts.added)} of the export are no longer in ${location}.`);
  for (const [place, { path, total }] of compared.live.listed.entries()) {
    const after = compared.live.after[place] ?? 0;
    if (after === total) continue;
    say('info', `${joined(path)} of ${location} had ${total} messages before it was read and ${after} after.`);
  }
  for (const { folder, said, given } of withheld(compared.live)) {
    say(
      'warning',
      `${folder} of ${location} holds ${said} messages and gave ${given}: what it kept back may be missing.`,
    );
  }
  if (counts.missing === 0 && !knowsEnough(counts)) {
    const paired = counts.same + counts.moved;
    say(
      'warning',
      `${location} is no witness: it holds ${paired} of the export’s messages, and ${counts.added} it does not.`,
    );
  }
  return findings;
}

/** Folders that gave fewer messages than they held, both before and after they were read. */
function withheld({ listed, after, given }: LiveSide): { folder: string; said: number; given: number }[] {
  const folders = listed.map(({ path, total }, place) => ({
    folder: joined(path),
    said: Math.min(total, after[place] ?? 0),
    given: given[place] ?? 0,
  }));
  return folders.filter((each) => each.given < each.said);
}

/** As of an earlier manifest: a mailbox that was emptied since, and knows less than half, cannot speak for the rest. */
const knowsEnough = ({ same, moved, added }: LiveCounts): boolean => same + moved > 0 && same + moved >= added;

function witnessOf(input: LiveInput, compared: Compared, counts: LiveCounts): Witness {
  const { messages } = compared.live;
  const paired = counts.same + counts.moved;
  const open = (counts.arrivedSince > 0 && !compared.known) || withheld(compared.live).length > 0;
  const agrees = counts.missing > 0 ? false : open || !knowsEnough(counts) ? null : true;
  const reading = `${paired} of ${messages.count} messages found in the export by Message-ID or by date, sender and subject`;
  return { name: `live mailbox (${input.mailbox.location})`, agrees, reading };
}

/**
 * Compares the export with the mailbox it was made from, message by message. The mailbox lives: what arrived after the export
 * began is no loss, and what was deleted or moved since is told and not held against the export.
 */
export async function compareLive(input: LiveInput): Promise<LiveComparison> {
  const { manifest, mailbox, exportStart = null, signal } = input;
  const held = await heldMessages(manifest, signal);
  const live = await liveMessages(mailbox, input.onProgress ?? (() => undefined), signal);
  const heldFolder = pairFolders(live, held);
  const pairing = pairMessages(live.messages, held.messages, heldFolder);
  const started = exportStart === null ? Number.NaN : Date.parse(exportStart);
  const known = !Number.isNaN(started);
  const cutoff = known ? started : newestArrival(live, pairing);
  const compared: Compared = { live, held, heldFolder, pairing, cutoff, known };
  const folders = folderRows(compared);
  const counts: LiveCounts = { same: 0, missing: 0, arrivedSince: 0, added: 0, moved: 0 };
  for (const row of folders) {
    for (const name of ['same', 'missing', 'arrivedSince', 'added', 'moved'] as const) counts[name] += row[name];
  }
  return {
    ...counts,
    folders,
    byContent: pairing.byContent,
    sizeDiffers: countSizes(compared),
    findings: await findingsOf(input, compared, counts),
    witness: witnessOf(input, compared, counts),
  };
}
