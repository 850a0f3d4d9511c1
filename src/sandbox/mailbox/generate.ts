import { makePool } from './attachment.ts';
import { calendarText, invitation } from './calendar-item.ts';
import { makeMessage } from './message.ts';
import { SeededRandom } from './random.ts';
import { continueIndex, remember, startIndex, type Thread, ThreadRing } from './thread.ts';
import { LANGUAGES, PEOPLE } from './vocabulary.ts';

/** One member of an export: `path` is `/`-separated; a path that ends in `/` is a folder without octets. */
export interface MailboxEntry {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface MailboxOptions {
  readonly seed: number;
  /** Messages; calendar items come on top. */
  readonly messages: number;
  /** Octets of a message on average, attachments included. Default 90,000. */
  readonly averageBytes?: number;
  /** Share of messages with attachments. Default 0.3. */
  readonly attachments?: number;
  /** Calendar items for each message. Default 0.03. */
  readonly calendar?: number;
}

/** Folders with their share of the messages, out of 100. */
const FOLDERS: readonly (readonly [string, number])[] = [
  ['Inbox', 44],
  ['Inbox/Newsletters', 6],
  ['Sent Items', 24],
  ['Drafts', 2],
  ['Deleted Items', 6],
  ['Junk E-mail', 3],
  ['Projects/Alpha & Beta', 5],
  ['Projets/Été 2025', 4],
  ['Архив/Договоры', 3],
  ['会議/議事録', 3],
];
const START = Date.UTC(2023, 0, 2, 7) / 1000;
const OCTETS_BESIDE_TEXT = 1800;

/**
 * A mailbox made from a seed: the same on every platform. Folder by folder, messages in threads, then the calendar.
 * Memory does not grow with it.
 */
export function* generateMailbox(options: MailboxOptions): Generator<MailboxEntry> {
  const random = new SeededRandom(options.seed);
  const pool = makePool(random);
  const threads = new ThreadRing();
  const average = options.averageBytes ?? 90_000;
  const share = options.attachments ?? 0.3;
  // A text is written two times in most messages (plain and HTML): this is what one of them has room for.
  const textMean = Math.max(60, Math.min(2400, (average - OCTETS_BESIDE_TEXT) / 2.2));
  let seconds = START;
  let total = 0;
  let attached = 0;
  let number = 0;
  for (const [folder, count] of shares(options.messages)) {
    for (let each = 0; each < count; each++) {
      number += 1;
      seconds += 30 + random.below(5400);
      const sent = folder === 'Sent Items' || folder === 'Drafts';
      const { thread, reply } = chooseThread(random, threads, seconds);
      const withAttachment = random.chance(share);
      // Attachments take what the texts so far have left of the average, so that the total is the one asked for.
      const beside = number === 1 ? textMean * 2 : (total - attached) / (number - 1);
      const mean = share > 0 ? Math.max(400, (average - beside) / share) : 0;
      const attachmentSize = withAttachment
        ? Math.max(200, Math.floor(mean * 4 * random.fraction() * random.fraction()))
        : 0;
      const messageId =
        sent || random.below(3) === 0
          ? `<mail.${random.uuid()}@storage.wm.amazon.com>`
          : `<${random.hex(12)}.${number}@mail.example.net>`;
      const textSize = Math.floor(40 + textMean * 3 * random.fraction() * random.fraction());
      const bytes = makeMessage(random, pool, { thread, reply, sent, seconds, messageId, textSize, attachmentSize });
      remember(thread, messageId);
      total += bytes.length;
      attached += attachmentSize;
      yield { path: `${folder}/${String(number).padStart(8, '0')}.eml`, bytes };
    }
  }
  yield* calendarItems(random, Math.floor(options.messages * (options.calendar ?? 0.03)), seconds);
}

function* calendarItems(random: SeededRandom, count: number, from: number): Generator<MailboxEntry> {
  let seconds = from;
  for (let each = 0; each < count; each++) {
    seconds += 1800 * (1 + random.below(90));
    const name = `Calendar/${String(each + 1).padStart(8, '0')}`;
    if (random.below(3) === 0) yield { path: `${name}.eml`, bytes: invitation(random, seconds) };
    else yield { path: `${name}.ics`, bytes: Buffer.from(calendarText(random, seconds, null), 'utf8') };
  }
}

/** How many messages each folder gets: exact in sum. */
function* shares(messages: number): Generator<readonly [string, number]> {
  let weight = 0;
  let given = 0;
  for (const [folder, share] of FOLDERS) {
    weight += share;
    const until = Math.floor((messages * weight) / 100);
    yield [folder, until - given];
    given = until;
  }
}

function chooseThread(random: SeededRandom, threads: ThreadRing, seconds: number): { thread: Thread; reply: boolean } {
  const known = random.below(100) < 45 ? threads.pick(random) : null;
  if (known !== null) {
    known.index = continueIndex(known.index, seconds - known.started, random);
    known.last = seconds;
    return { thread: known, reply: true };
  }
  const language = pickLanguage(random);
  const conversation = random.bytes(16);
  const subject = random.pick((LANGUAGES[language] ?? LANGUAGES[0]).subjects);
  const thread: Thread = {
    subject: random.below(3) === 0 ? `${subject} ${random.below(9000)}` : subject,
    language,
    people: Array.from({ length: 1 + Math.floor(random.fraction() * random.fraction() * 7) }, () =>
      random.pick(PEOPLE),
    ),
    conversation,
    started: seconds,
    messageIds: [],
    index: startIndex(seconds, conversation),
    last: seconds,
  };
  threads.add(thread);
  return { thread, reply: false };
}

function pickLanguage(random: SeededRandom): number {
  let draw = random.below(100);
  for (const [at, language] of LANGUAGES.entries()) {
    draw -= language.weight;
    if (draw < 0) return at;
  }
  return 0;
}
