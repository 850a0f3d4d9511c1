import type { Finding } from '../../model/index.ts';
import type { Check } from '../check.ts';

const MEBIBYTE = 1024 * 1024;
/** WorkMail gives whole megabytes: below this the rounding is more than the mailbox. */
const SMALLEST_MEGABYTES = 10;
/** Base64 makes files 4/3 longer plus line ends; a mailbox may count either form. */
const ENCODING = 1.4;
/** A mailbox holds contacts, notes and what is deleted too; below this share something else is missing. */
const LEAST_SHARE = 0.5;

/** The mailbox's size as a bound: an export far below it lacks something, one far above it is another mailbox's. */
export const mailboxSize: Check = {
  name: 'mailbox-size',
  unable: ({ facts }) =>
    (facts.mailbox?.sizeMegabytes ?? null) === null
      ? 'the size of the mailbox was not asked for (GetMailboxDetails)'
      : null,
  *run({ facts, counts }): Generator<Finding> {
    const megabytes = facts.mailbox?.sizeMegabytes ?? null;
    if (megabytes === null || megabytes < SMALLEST_MEGABYTES) return;
    const held = counts.nativeBytes / MEBIBYTE;
    const about = { expected: `${megabytes} MB`, found: `${Math.round(held)} MB` };
    if (held < megabytes * LEAST_SHARE) {
      const message = `The export holds ${about.found} of mail; the mailbox had ${about.expected}, contacts and notes included.`;
      yield { check: 'mailbox-size', severity: 'warning', message, ...about };
    } else if (held > megabytes * ENCODING * 1.1 + SMALLEST_MEGABYTES) {
      const message = `The export holds ${about.found} of mail, more than the mailbox's ${about.expected} can be.`;
      yield { check: 'mailbox-size', severity: 'warning', message, ...about };
    }
  },
};
