import type { PartDigests } from '../../model/index.ts';
import { digestsOf, RunningDigests } from '../digest/digests.ts';
import type { MimeLimits } from '../limits.ts';
import { beginsCalendar, beginsTnef, textOfHead } from '../sniff/head.ts';
import { SNIFF_LENGTH } from '../sniff/type.ts';
import type { Part } from '../structure/part.ts';
import { IdentityDecoder, type TransferDecoder } from '../transfer-encoding/decoder.ts';
import { decodeWhole } from '../transfer-encoding/whole.ts';
import { type BodyOptions, decoderOf } from './decoder-of.ts';

/** A leaf that was read: what is known of its decoded octets. */
export interface Leaf {
  readonly part: Part;
  /** Decoded octets. */
  readonly size: number;
  readonly digests: PartDigests;
  /** The first decoded octets. */
  readonly head: Buffer;
  /** The decoded octets where they were asked for and are at hand. */
  readonly octets: Buffer | null;
}

/**
 * How much of a part's octets will be looked into while its message is read: all or nothing of what is read as a whole,
 * the beginning of a text, none of what is only digested.
 */
export function keptOf(part: Part, limits: MimeLimits): Kept {
  const { type } = part;
  if (type.startsWith('message/') || type === 'text/calendar' || type === 'text/x-vcalendar') return embedded(limits);
  // A multipart is read here until its first part comes; should none come, it is text.
  if (type.startsWith('text/') || type.startsWith('multipart/')) {
    return part.disposition === 'attachment' && !isNamedContainer(part)
      ? NOTHING
      : { octets: limits.maxTextBytes + 1, beginning: true };
  }
  if (/^application\/(?:(?:vnd\.)?ms-tnef|(?:x-)?pkcs7-(?:mime|signature)|ics)$/.test(type)) return embedded(limits);
  return isNamedContainer(part) ? embedded(limits) : NOTHING;
}

export interface Kept {
  readonly octets: number;
  /** Whether the beginning is of use where the whole is longer. */
  readonly beginning: boolean;
}

const NOTHING: Kept = { octets: 0, beginning: false };

/** What is kept of a part that is read as a whole: named so, or told by its first octets. */
export function embedded(limits: MimeLimits): Kept {
  return { octets: limits.maxEmbeddedBytes, beginning: false };
}

/** Names under which generic attachments hold something that can be read: a message, a calendar, TNEF, PKCS #7. */
export function isNamedContainer(part: Part): boolean {
  const name = part.dispositionParameters.get('filename') ?? part.parameters.get('name') ?? '';
  return /\.(?:eml|mht|mhtml|msg\.eml|ics|ical|vcs|p7m|p7z|p7s|p7c)$|^winmail\.dat$|^win\.dat$/i.test(name.trim());
}

/** Octets of an encoded body that is decoded before it is digested: three one-shot hashes cost less than three running ones. */
const WHOLE_BODY = 64 * 1024;

interface LeafOptions extends BodyOptions {
  /** Whether SHA-1 is taken beside SHA-256 and MD5. */
  readonly sha1: boolean;
}

/** Decodes and digests a leaf of a message that is wholly at hand. */
export function readLeaf(message: Buffer, part: Part, options: LeafOptions): Leaf {
  const decoder = decoderOf(part, options);
  if (decoder instanceof IdentityDecoder) {
    const octets = message.subarray(part.bodyStart, part.bodyEnd);
    return {
      part,
      size: octets.length,
      digests: digestsOf(octets, options.sha1),
      head: octets.subarray(0, SNIFF_LENGTH),
      octets,
    };
  }
  const keep = keptOf(part, options.limits);
  if (part.bodyEnd - part.bodyStart <= WHOLE_BODY) {
    const octets = decodeWhole(decoder, message, part.bodyStart, part.bodyEnd);
    if (decoder.defect !== null) part.faults.add(decoder.defect.code, decoder.defect.message);
    const size = octets.length;
    const kept = keep.octets > 0 && (keep.beginning || size <= keep.octets) ? octets.subarray(0, keep.octets) : null;
    return {
      part,
      size,
      digests: digestsOf(octets, options.sha1),
      head: octets.subarray(0, SNIFF_LENGTH),
      octets: kept,
    };
  }
  const reader = new LeafReader(part, decoder, keep, { sha1: options.sha1 });
  reader.write(message, part.bodyStart, part.bodyEnd);
  return reader.finish();
}

/** Decodes and digests a leaf whose body comes in pieces, and keeps what will be looked into. */
export class LeafReader {
  private readonly part: Part;
  private readonly decoder: TransferDecoder;
  private keep: Kept;
  /** Whether to keep it depends on its first octets, which have not all come. */
  private undecided: boolean;
  private readonly digests: RunningDigests;
  private kept: Buffer[] = [];
  private keptSize = 0;
  private head = Buffer.alloc(0);
  private size = 0;

  /** `keepIfTold` is what is kept of a part not worth keeping but for its first octets: those of a calendar, or TNEF. */
  constructor(part: Part, decoder: TransferDecoder, keep: Kept, { keepIfTold = NOTHING, sha1 = true } = {}) {
    this.digests = new RunningDigests(sha1);
    this.part = part;
    this.decoder = decoder;
    this.undecided = keep.octets === 0;
    this.keep = this.undecided ? keepIfTold : keep;
  }

  write(input: Buffer, start: number, end: number): void {
    this.decoder.decode(input, start, end, this.take);
  }

  finish(): Leaf {
    this.decoder.finish(this.take);
    if (this.undecided) this.decide();
    const { defect } = this.decoder;
    if (defect !== null) this.part.faults.add(defect.code, defect.message);
    const { octets: limit, beginning } = this.keep;
    const octets = limit > 0 && (beginning || this.size <= limit) ? Buffer.concat(this.kept) : null;
    return { part: this.part, size: this.size, digests: this.digests.finish(), head: this.head, octets };
  }

  private decide(): void {
    this.undecided = false;
    const text = textOfHead(this.head);
    if (beginsCalendar(text) || beginsTnef(text)) return;
    this.keep = NOTHING;
    this.kept = [];
    this.keptSize = 0;
  }

  private readonly take = (octets: Buffer): void => {
    this.digests.update(octets);
    if (this.head.length < SNIFF_LENGTH) {
      this.head = Buffer.concat([this.head, octets.subarray(0, SNIFF_LENGTH - this.head.length)]);
    }
    this.size += octets.length;
    if (this.undecided && this.head.length === SNIFF_LENGTH) this.decide();
    const { octets: limit, beginning } = this.keep;
    if (this.keptSize >= limit) return;
    if (this.size > limit && !beginning) {
      this.kept = [];
      this.keptSize = limit;
      return;
    }
    const piece = Buffer.from(octets.subarray(0, limit - this.keptSize));
    this.kept.push(piece);
    this.keptSize += piece.length;
  };
}
