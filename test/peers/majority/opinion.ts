/** A leaf of a message as one reader sees it; attached messages are leaves. */
export interface LeafOpinion {
  readonly type: string;
  readonly disposition?: string | null;
  readonly name?: string | null;
  /** Of the decoded octets; absent for attached messages, which some readers write anew. */
  readonly sha256?: string;
  /** Of plain text, decoded; absent where the reader could not. */
  readonly text?: string;
}

/** What one reader makes of a message. What it has no opinion of is absent. */
export interface Opinion {
  readonly subject?: string | null;
  /** Name and address of each. */
  readonly from?: readonly (readonly [string | null, string])[];
  readonly to?: readonly (readonly [string | null, string])[];
  /** Seconds since 1970. */
  readonly date?: number | null;
  readonly messageId?: string | null;
  /** Of readers that show the tree. */
  readonly leaves?: readonly LeafOpinion[];
  /** Of readers that tell bodies from attachments themselves. */
  readonly attachments?: readonly LeafOpinion[];
  readonly text?: string | null;
}

export const ASPECTS = ['subject', 'from', 'to', 'date', 'messageId', 'count', 'digests', 'text'] as const;
export type Aspect = (typeof ASPECTS)[number];

/** What readers may write differently and mean the same is made equal: blanks, the case of hosts, angle brackets. */
export function comparable(opinion: Opinion): Partial<Record<Aspect, string>> {
  const { subject, from, to, date, messageId } = opinion;
  const attachments = (opinion.attachments ?? opinion.leaves?.filter(isAttachment))?.filter(
    ({ type }) => !type.startsWith('message/'),
  );
  const all: Record<Aspect, string | undefined> = {
    subject: subject === undefined ? undefined : squeezed(subject ?? ''),
    from: mailboxes(from),
    to: mailboxes(to),
    date: date === undefined ? undefined : `${date}`,
    messageId: messageId === undefined ? undefined : squeezed(messageId ?? '').replace(/^<|>$/g, ''),
    count: attachments === undefined ? undefined : `${attachments.length}`,
    digests: attachments
      ?.map(({ sha256 }) => sha256 ?? '')
      .toSorted()
      .join(' '),
    text: plainText(opinion),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Neither body text nor the message itself: what every reader calls an attachment, inline images included. */
export function isAttachment({ type, disposition, name }: LeafOpinion): boolean {
  if (type.startsWith('multipart/')) return false;
  return disposition === 'attachment' || (name ?? '') !== '' || !/^text\/(?:plain|html)$/.test(type);
}

function plainText({ text, leaves }: Opinion): string | undefined {
  if (leaves === undefined) return text === undefined ? undefined : squeezed(withoutFiles(text ?? ''));
  const texts = leaves.filter((leaf) => !isAttachment(leaf) && leaf.type === 'text/plain').map((leaf) => leaf.text);
  return texts.includes(undefined) ? undefined : squeezed(withoutFiles(texts.join('\n')));
}

/**
 * A file that stands in the text as uuencode, cut off or whole, is an attachment to us, and text to readers that do not
 * look for it.
 */
function withoutFiles(text: string): string {
  return text.replace(/^begin 6\d\d [^\n]*\n(?:[ -`]{1,90}[\r ]*(?:\n|(?![\s\S])))+(?:end\r?$)?/gm, '');
}

function mailboxes(list: Opinion['from']): string | undefined {
  return list
    ?.map(([name, address]) => mailbox(squeezed(name ?? ''), address.trim().toLowerCase()))
    .filter((mailbox) => mailbox !== '')
    .join(', ');
}

/** A word without `@` and nothing else (`To: postmaster`) is a name to some readers and an address to others. */
function mailbox(name: string, address: string): string {
  if (address === '' && !/\s/.test(name)) return name.toLowerCase();
  if (name === '' && !address.includes('@')) return address;
  return name.toLowerCase() === address ? `<${address}>` : `${name} <${address}>`.trim();
}

function squeezed(text: string): string {
  return text.replace(/[\s\0]+/g, ' ').trim();
}
