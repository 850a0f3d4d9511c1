import { createHash } from 'node:crypto';
import { folderMailbox } from '../mailbox/folder-tree.ts';
import { generateMailbox, type MailboxEntry, type MailboxOptions } from '../mailbox/generate.ts';

/** Where a mailbox's items come from. */
export type MailboxContent =
  | ({ readonly kind: 'generated' } & MailboxOptions)
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'entries'; readonly entries: () => Iterable<MailboxEntry> | AsyncIterable<MailboxEntry> };

/** One user or resource to set up. */
export interface SandboxMailbox {
  /** The local part of the address: letters, digits, `.`, `_`, `-`. */
  readonly name: string;
  readonly displayName?: string;
  /** Default `<name>@<domain of the organization>`. */
  readonly email?: string;
  /** Default derived from the name, so that it is the same in every run. */
  readonly id?: string;
  readonly type?: 'user' | 'room' | 'equipment';
  /** Megabytes, for GetMailboxDetails. */
  readonly quota?: number;
  readonly size?: number;
  readonly content: MailboxContent;
}

/** A mailbox of the organization as WorkMail knows it. */
export interface SandboxEntity {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly email: string;
  readonly type: 'user' | 'room' | 'equipment';
  readonly quota: number;
  readonly size: number;
  readonly content: MailboxContent;
}

const QUOTA_MEGABYTES = 51_200;

/** Registers a mailbox: ids are UUIDs made from the name, as WorkMail's are for users of its own directory. */
export function registerMailbox(mailbox: SandboxMailbox, domain: string): SandboxEntity {
  const hex = createHash('sha256').update(`mailproof sandbox ${mailbox.name}`).digest('hex');
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return {
    id: mailbox.id ?? id,
    name: mailbox.name,
    displayName: mailbox.displayName ?? mailbox.name,
    email: mailbox.email ?? `${mailbox.name}@${domain}`,
    type: mailbox.type ?? 'user',
    quota: mailbox.quota ?? QUOTA_MEGABYTES,
    size: mailbox.size ?? guessedSize(mailbox.content),
    content: mailbox.content,
  };
}

/** Megabytes, without making the items. */
function guessedSize(content: MailboxContent): number {
  if (content.kind !== 'generated') return 1;
  return Math.round((content.messages * (content.averageBytes ?? 90_000)) / 10_000) / 100;
}

/** The items of a mailbox, in the order they are exported. */
export function mailboxEntries(content: MailboxContent): Iterable<MailboxEntry> | AsyncIterable<MailboxEntry> {
  switch (content.kind) {
    case 'generated':
      return generateMailbox(content);
    case 'folder':
      return folderMailbox(content.path);
    case 'entries':
      return content.entries();
  }
}
