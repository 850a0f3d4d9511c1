import type { HeaderBlock } from '../header/block.ts';
import type { FieldFaults } from '../header/faults.ts';
import type { MimeLimits } from '../limits.ts';
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

/** Told of the parts as they go by. `start` and `end` are offsets in the window that is being scanned. */
export interface StructureHandler {
  /** Octets of a leaf's body; of a multipart before its first part, which are its body should no part follow. */
  body(part: Part, start: number, end: number): void;
  /** A multipart's first part has come: what was told of its body was its prologue. */
  prologueEnded(part: Part): void;
  /** A leaf is complete. */
  leaf(part: Part): void;
}

export interface StructureOptions {
  readonly limits: MimeLimits;
  readonly handler: StructureHandler;
  /** Filled with every stretch of the message where given. */
  readonly layout?: Stretch[] | undefined;
}
