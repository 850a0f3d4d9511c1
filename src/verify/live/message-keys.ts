import { contentHash, rawMessageId } from '../../identity/index.ts';
import type { Email } from '../../model/index.ts';
import { hash48 } from '../number-set.ts';

export interface MessageKeys {
  readonly id: number;
  readonly content: number;
}

/**
 * By what a message is recognised on both sides. WorkMail stores a mail under another Message-ID than the one it was
 * delivered with, and some mail has none: date, sender and subject then speak, in the canonical form of the content hash.
 * Where a message has a Message-ID but no date, sender and subject alone are too little: a list sends the same again.
 */
export function messageKeys(email: Email): MessageKeys {
  const messageId = rawMessageId(email);
  const id = messageId === null ? 0 : hash48(messageId);
  if (id !== 0 && email.sentAt === null) return { id, content: 0 };
  const content = contentHash({ email: { ...email, to: null, cc: null }, text: '', attachments: [] });
  return { id, content: content === null ? 0 : hash48(content) };
}
