import type { ByteSource } from '../model/index.ts';
import { MailproofError } from '../model/index.ts';

/** A line longer than this is no line of ours: it ends the reading rather than the memory. */
export const LINE_LIMIT = 256 * 1024 * 1024;

/**
 * Octets of a batch of lines. Small, so that what is made of one dies before the next: a megabyte of records that live at the
 * same time is copied by every collection of garbage.
 */
const BATCH_OCTETS = 128 * 1024;

/** A line and where it stands in its file. `length` leaves the line feed out. */
export interface Line {
  readonly text: string;
  readonly offset: number;
  readonly length: number;
}

/** Reads a file of JSON lines in batches, in order, never holding more than one chunk and one line. */
export async function* readLines(source: ByteSource, signal?: AbortSignal): AsyncGenerator<readonly Line[]> {
  let held: Buffer[] = [];
  let heldLength = 0;
  let lineStart = 0;
  for await (const chunk of source.read(0, source.size, signal)) {
    const octets = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let lines: Line[] = [];
    let from = 0;
    let batchStart = lineStart;
    for (let feed = octets.indexOf(10); feed !== -1; feed = octets.indexOf(10, from)) {
      held.push(octets.subarray(from, feed));
      const text = held.length === 1 ? octets.toString('utf8', from, feed) : Buffer.concat(held).toString('utf8');
      const length = heldLength + feed - from;
      lines.push({ text, offset: lineStart, length });
      lineStart += length + 1;
      held = [];
      heldLength = 0;
      from = feed + 1;
      if (lineStart - batchStart >= BATCH_OCTETS) {
        yield lines;
        lines = [];
        batchStart = lineStart;
      }
    }
    if (from < octets.length) {
      held.push(octets.subarray(from));
      heldLength += octets.length - from;
      if (heldLength > LINE_LIMIT) {
        throw new MailproofError(
          'LIMIT_EXCEEDED',
          `A line of ${source.identity.location} is longer than ${LINE_LIMIT} octets.`,
        );
      }
    }
    if (lines.length > 0) yield lines;
  }
  if (heldLength > 0) {
    throw new MailproofError(
      'MANIFEST_INVALID',
      `${source.identity.location} does not end with a line feed: its last line is cut after ${heldLength} octets.`,
    );
  }
}
