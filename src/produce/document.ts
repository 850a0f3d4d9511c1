import type { Email, EmailBodyPart, ItemRecord, Native } from '../model/index.ts';

export type DocumentKind = 'message' | 'calendar' | 'task' | 'file';

/** A document before it has a number: a record, or a plain attachment of one. */
export interface UnnumberedDocument {
  /** The record's id; for a plain attachment the message's id and the part. */
  readonly id: string;
  readonly kind: DocumentKind;
  /** Its own record, or that of the message it is attached to. */
  readonly record: ItemRecord;
  /** The part, where it is a plain attachment. */
  readonly part: EmailBodyPart | null;
  /** The name as the sender or the archive wrote it. */
  readonly fileName: string | null;
  readonly mediaType: string;
  /** Position in the family of the document it is attached to; -1 for the first. */
  readonly parent: number;
  /** Position in the family of the document whose octets it shares: components of one calendar file. -1: its own. */
  readonly shares: number;
  readonly native: NativeFacts | null;
}

/** What is known of a document's octets before they are read. Hexadecimal in lower case. */
export interface NativeFacts {
  readonly size: number;
  readonly sha256: string;
  readonly md5: string;
  readonly sha1: string | null;
}

/** A document of a production. */
export interface ProducedDocument extends UnnumberedDocument {
  /** Its place in the production, from 0. */
  readonly position: number;
  readonly controlNumber: string;
  readonly family: Family;
  /** Lower case, without the dot. */
  readonly extension: string;
  /** Relative, `/`-separated; null where the layout writes none for this document. */
  readonly nativePath: string | null;
  readonly textPath: string;
}

/** Copies of one family: the same content hash. */
export interface Duplicates {
  /** The control number of the first family with this content. */
  readonly primary: string;
  readonly custodians: readonly string[];
  /** Custodian and folder names, with `NAME_END` between them. */
  readonly paths: readonly string[];
  readonly count: number;
}

/** A parent and everything in it: the documents of one archive entry, numbered one after the other. */
export interface Family {
  readonly documents: readonly ProducedDocument[];
  readonly custodian: string;
  /** Which of the manifests. */
  readonly manifest: number;
  /** The entry's ordinal in its archive. */
  readonly entry: number;
  readonly folderPath: readonly string[];
  readonly first: string;
  readonly last: string;
  /** From 1. */
  readonly volume: number;
  readonly duplicates: Duplicates | null;
  /** Where its native lies in a folder tree that every system can hold. */
  readonly folder: string;
}

/** The message a document is; null for calendar items, files and attachments. */
export const emailOf = (document: UnnumberedDocument): Email | null =>
  document.part === null ? (document.record.email ?? null) : null;

export const nativeFacts = (native: Native): NativeFacts => ({
  size: native.size,
  sha256: native.digest.slice('sha256:'.length),
  md5: native.md5,
  sha1: null,
});
