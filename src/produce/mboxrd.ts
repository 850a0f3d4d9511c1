import { epochSeconds } from '../identity/instant.ts';
import type { Email } from '../model/index.ts';

const FEED = 0x0a;
const FROM = Buffer.from('From ');
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `Thu Jan  1 00:00:00 1970`: C's asctime, in UTC. */
function asctime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  const day = String(date.getUTCDate()).padStart(2, ' ');
  return `${DAYS[date.getUTCDay()] ?? ''} ${MONTHS[date.getUTCMonth()] ?? ''} ${day} ${clock} ${date.getUTCFullYear()}`;
}

/** The line before a message. An unknown date is the epoch: a format that asks for one takes no blank. */
export function fromLine(email: Email | null): Buffer {
  const address = email?.sender?.[0]?.email ?? email?.from?.[0]?.email ?? '';
  const sender = /^[\x21-\x7e]{1,200}$/.test(address) ? address : 'MAILER-DAEMON';
  const seconds = epochSeconds(email?.sentAt ?? null);
  const writable = seconds !== null && seconds >= 0 && seconds < 253_402_300_800;
  return Buffer.from(`From ${sender} ${asctime(writable ? seconds : 0)}\n`, 'latin1');
}

/**
 * A message as mboxrd holds it: every line that is `From ` after any number of `>` gets one `>` more, so that it can be taken
 * away again; a line end after the last line, and an empty line. Line ends stay as they are. Linear: each `From ` is found once.
 */
export function* quotedMessage(octets: Uint8Array): Generator<Uint8Array> {
  const message = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  let written = 0;
  for (let at = message.indexOf(FROM); at >= 0; at = message.indexOf(FROM, at + FROM.length)) {
    let start = at;
    while (start > written && message[start - 1] === 0x3e) start--;
    if (start !== 0 && message[start - 1] !== FEED) continue;
    yield message.subarray(written, start);
    yield Buffer.from('>');
    written = start;
  }
  yield message.subarray(written);
  yield Buffer.from(message.at(-1) === FEED || message.length === 0 ? '\n' : '\n\n');
}
