import type { JsonObject } from './json.ts';

/** RFC 8621 §4.1.2.3. */
export interface EmailAddress {
  readonly name: string | null;
  readonly email: string;
}

/** RFC 8621 §4.1.2.4, kept where a field had group syntax. */
export interface EmailAddressGroup {
  readonly name: string | null;
  readonly addresses: readonly EmailAddress[];
}

/** A header field as it stood: name in its own case, value unfolded nowhere and decoded nowhere (RFC 8621 §4.1.3). */
export interface EmailHeader {
  readonly name: string;
  readonly value: string;
}

/** Hashes of the decoded octets of a part: lower-case hexadecimal, no prefix. */
export interface PartDigests {
  readonly sha256: string;
  /** Absent where it was not asked for. */
  readonly sha1?: string;
  readonly md5: string;
}

/** RFC 8621 §4.1.4, with what evidence needs beside it (`digests`, `detectedType`). */
export interface EmailBodyPart {
  /** Null for multiparts, else `1`, `1.2`, … as IMAP numbers parts. */
  readonly partId: string | null;
  /** `sha256-<hex>` of the decoded octets; null for multiparts. */
  readonly blobId: string | null;
  /** Octets after decoding the transfer encoding. */
  readonly size: number;
  readonly name: string | null;
  /** Lower case, `type/subtype`. */
  readonly type: string;
  readonly charset: string | null;
  readonly disposition: string | null;
  readonly cid: string | null;
  readonly language: readonly string[] | null;
  readonly location: string | null;
  readonly subParts?: readonly EmailBodyPart[];
  /** Hashes of the decoded octets; absent for multiparts. */
  readonly digests?: PartDigests;
  /** What the first octets say it is, where that is known and is not the declared type. */
  readonly detectedType?: string;
}

/** RFC 8621 §4.9 (Email/parse). Dates are RFC 3339; `receivedAt` is null unless the export says it. */
export interface Email {
  readonly messageId: readonly string[] | null;
  readonly inReplyTo: readonly string[] | null;
  readonly references: readonly string[] | null;
  readonly sender: readonly EmailAddress[] | null;
  readonly from: readonly EmailAddress[] | null;
  readonly to: readonly EmailAddress[] | null;
  readonly cc: readonly EmailAddress[] | null;
  readonly bcc: readonly EmailAddress[] | null;
  readonly replyTo: readonly EmailAddress[] | null;
  readonly subject: string | null;
  /** RFC 3339 with the offset the sender wrote. */
  readonly sentAt: string | null;
  readonly receivedAt: string | null;
  readonly size: number;
  readonly headers: readonly EmailHeader[];
  readonly bodyStructure: EmailBodyPart;
  readonly textBody: readonly EmailBodyPart[];
  readonly htmlBody: readonly EmailBodyPart[];
  readonly attachments: readonly EmailBodyPart[];
  readonly hasAttachment: boolean;
  readonly preview: string;
  /** Fields of a delivery, disposition or feedback report (RFC 3464, 8098, 5965), where the message is one. */
  readonly report?: JsonObject;
}
