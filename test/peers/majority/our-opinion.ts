import { parseMessage } from '../../../src/index.ts';
import type { EmailBodyPart } from '../../../src/model/index.ts';
import { isAttachment, type LeafOpinion, type Opinion } from './opinion.ts';

/** What we make of a message, in the shape all readers are compared in. */
export function ourOpinion(octets: Uint8Array): Opinion {
  const { email, text } = parseMessage(octets);
  const plain = email.textBody.every(({ type }) => type === 'text/plain');
  return {
    subject: email.subject,
    from: (email.from ?? []).map(({ name, email: address }) => [name, address]),
    to: (email.to ?? []).map(({ name, email: address }) => [name, address]),
    date: email.sentAt === null ? null : Date.parse(email.sentAt) / 1000,
    messageId: email.messageId?.join('> <') ?? null,
    attachments: [...attachments(email.bodyStructure)],
    ...(plain ? { text } : {}),
  };
}

function* attachments(part: EmailBodyPart): Generator<LeafOpinion> {
  for (const child of part.subParts ?? []) yield* attachments(child);
  if (part.subParts !== undefined) return;
  const { type, disposition, name, digests } = part;
  const leaf = { type, disposition, name, sha256: digests?.sha256 ?? '' };
  if (isAttachment(leaf)) yield leaf;
}
