import type { Buffer } from 'node:buffer';
import { type Finding, MailproofError } from '../../model/index.ts';
import { centralRecordLength } from './central-record.ts';
import { CENTRAL_RECORD, CENTRAL_RECORD_OCTETS, CENTRAL_RECORD_SIZE, DIGITAL_SIGNATURE } from './signatures.ts';

/** A central directory kept as its octets: ten million records as objects would not fit in memory. */
export interface Directory {
  readonly octets: Buffer;
  /** Where each record begins, in the directory's order. */
  readonly positions: Uint32Array;
  readonly findings: readonly Finding[];
}

/**
 * Walks the records of a directory. Where a record's signature is gone or its lengths lead astray, the walk goes on at
 * the next signature; what lies between is a finding, and the entries it spoke of are found in the archive itself.
 * @param start the archive's octet at which `octets` begins, for findings
 * @param cut whether the directory is known to be cut off, so that its last record may be
 */
export function walkDirectory(octets: Buffer, start: number, cut: boolean): Directory {
  if (octets.length > 0xffff_fff0)
    throw new MailproofError(
      'LIMIT_EXCEEDED',
      `The archive's directory has ${octets.length} octets, too many to hold.`,
    );
  const positions = new Uint32Array(Math.ceil(octets.length / CENTRAL_RECORD_SIZE));
  const findings: Finding[] = [];
  let count = 0;
  let at = 0;
  let last = -1;
  while (at < octets.length) {
    const length = isRecord(octets, at) ? centralRecordLength(octets, at) : null;
    if (length !== null) {
      positions[count] = at;
      count += 1;
      last = at;
      at += length;
      continue;
    }
    if (at + 6 <= octets.length && octets.readUInt32LE(at) === DIGITAL_SIGNATURE) {
      at += 6 + octets.readUInt16LE(at + 4);
      continue;
    }
    // The last record's own lengths may be what is wrong: the search begins just behind its fixed fields.
    const from = last < 0 ? at + 1 : Math.min(at + 1, last + CENTRAL_RECORD_SIZE);
    const next = octets.indexOf(CENTRAL_RECORD_OCTETS, from);
    const end = next < 0 ? octets.length : next;
    findings.push(
      cut && next < 0
        ? brokenOff(start + at, start + end)
        : {
            check: 'archive-damaged',
            severity: 'error',
            message: `The directory cannot be read from octet ${start + Math.min(at, end)} on: no record begins there.`,
            range: [start + Math.min(at, end), start + end],
          },
    );
    at = end;
    last = -1;
  }
  return { octets, positions: positions.subarray(0, count), findings };
}

function isRecord(octets: Buffer, at: number): boolean {
  return at + CENTRAL_RECORD_SIZE <= octets.length && octets.readUInt32LE(at) === CENTRAL_RECORD;
}

function brokenOff(start: number, end: number): Finding {
  return {
    check: 'archive-truncated',
    severity: 'error',
    message: `The directory breaks off at octet ${start}.`,
    range: [start, end],
  };
}
