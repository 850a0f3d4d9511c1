import type { Email, EmailBodyPart } from '../../src/model/index.ts';

/** A leaf part; `sha256` makes it one with content of its own. */
export function leaf(partId: string, type: string, sha256?: string): EmailBodyPart {
  return {
    partId,
    blobId: null,
    size: 0,
    name: null,
    type,
    charset: null,
    disposition: null,
    cid: null,
    language: null,
    location: null,
    ...(sha256 === undefined ? {} : { digests: { sha256, sha1: '', md5: '' } }),
  };
}

export function multipart(type: string, subParts: readonly EmailBodyPart[]): EmailBodyPart {
  return { ...leaf('', type), partId: null, subParts };
}

/** An email with nothing in it but what is given. */
export function email(given: Partial<Email> = {}): Email {
  const body = leaf('1', 'text/plain', 'f'.repeat(64));
  return {
    messageId: null,
    inReplyTo: null,
    references: null,
    sender: null,
    from: null,
    to: null,
    cc: null,
    bcc: null,
    replyTo: null,
    subject: null,
    sentAt: null,
    receivedAt: null,
    size: 0,
    headers: [],
    bodyStructure: body,
    textBody: [body],
    htmlBody: [body],
    attachments: [],
    hasAttachment: false,
    preview: '',
    ...given,
  };
}
