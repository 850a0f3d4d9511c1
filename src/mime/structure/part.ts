import type { HeaderBlock } from '../header/block.ts';
import type { FieldFaults } from '../header/faults.ts';
import type { TransferEncoding } from '../transfer-encoding/choose.ts';

/** A node of the MIME tree while it is read. Offsets count from the first octet of the message. */
export interface Part {
  /** `1`, `1.2` as IMAP numbers parts; '' for the root while it is a multipart. */
  path: string;
  readonly depth: number;
  readonly header: HeaderBlock;
  readonly faults: FieldFaults;
  /** `type/subtype`, lower case: what it is read as. */
  type: string;
  /** Content-Type parameters, decoded. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly disposition: string | null;
  readonly dispositionParameters: ReadonlyMap<string, string>;
  readonly encoding: TransferEncoding;
  /** Null for leaves. */
  children: Part[] | null;
  readonly headerStart: number;
  readonly bodyStart: number;
  /** Without the line break that belongs to the next boundary. */
  bodyEnd: number;
}

/** A stretch of the message and what it is. All stretches together are the whole message, once. */
export interface Stretch {
  readonly kind: 'header' | 'body' | 'prologue' | 'epilogue' | 'delimiter';
  readonly start: number;
  readonly end: number;
  /** The part's number; '' for the root. */
  readonly path: string;
}
