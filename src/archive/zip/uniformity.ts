import type { Buffer } from 'node:buffer';
import type { Finding, Severity } from '../../model/index.ts';
import { recordName } from './central-record.ts';
import type { Directory } from './directory.ts';
import { EXTRA_ZIP64, splitExtra } from './extra-field.ts';
import { CENTRAL_RECORD_SIZE } from './signatures.ts';

/** Findings of one kind that are spelled out. */
const SPELLED_OUT = 100;
/** Fewer entries than this prove no habit of the writer. */
const HABIT = 8;

const SLASH = 0x2f;
const HOST_UNIX = 3;
/** 7-Zip's sign that the upper half is a Unix mode (FILE_ATTRIBUTE_UNIX_EXTENSION), in the octet that is 0 elsewhere. */
const SEVEN_ZIP = 0x80;
/** Permissions people and programs set; one of these may well differ in a single entry. */
const USUAL_PERMISSIONS = new Set(
  [
    '644',
    '755',
    '600',
    '640',
    '660',
    '664',
    '666',
    '700',
    '750',
    '770',
    '775',
    '777',
    '444',
    '400',
    '440',
    '555',
    '500',
  ].map((mode) => Number.parseInt(mode, 8)),
);

/**
 * Fields of the directory that nothing else in a zip repeats (§4.4.2, §4.4.14, §4.4.15). One program writes an export, so it
 * writes the same there for every entry: a single record that differs was altered, by a fault or by a hand.
 */
interface Field {
  readonly name: string;
  read(record: Buffer, at: number): number;
  /** How much it says that one record has `value` where all others have `usual`; null: nothing. */
  outlier(value: number, usual: number): Severity | null;
  /** Whether the value cannot be, whatever others say. */
  impossible(value: number, madeBy: number): boolean;
}

const FIELDS: readonly Field[] = [
  {
    name: 'version made by',
    read: (record, at) => record.readUInt16LE(at + 4),
    outlier: () => 'error',
    impossible: (value) => (value & 0xff) > 100 || value >>> 8 > 30,
  },
  {
    name: 'extra field ids',
    read: extraShape,
    outlier: () => 'error',
    impossible: () => false,
  },
  {
    name: 'internal attributes',
    read: (record, at) => record.readUInt16LE(at + 36),
    // Bit 0 says "apparently text" and differs between the entries of honest archives.
    outlier: (value, usual) => ((value | 1) === (usual | 1) ? null : 'error'),
    impossible: (value) => value > 3,
  },
  {
    name: 'external attributes',
    read: (record, at) => record.readUInt32LE(at + 38),
    outlier: (value, usual) => {
      const mode = value >>> 16;
      const usualMode = usual >>> 16;
      const ordinary = (value & 0xffff) === (usual & 0xffff) && mode >>> 9 === usualMode >>> 9;
      return ordinary && USUAL_PERMISSIONS.has(mode & 0o777) ? 'warning' : 'error';
    },
    impossible: (value, madeBy) => {
      const type = value >>> 28;
      const unix = madeBy >>> 8 === HOST_UNIX;
      const spare = (value >>> 8) & 0xff;
      return unix && ((type !== 0 && type !== 4 && type !== 8 && type !== 10) || (spare !== 0 && spare !== SEVEN_ZIP));
    },
  },
];

/** The ids and lengths of a record's extra fields as one number; zip64, which honest archives have where needed, apart. */
function extraShape(directory: Buffer, at: number): number {
  const length = directory.readUInt16LE(at + 30);
  if (length === 0) return 0;
  const start = at + CENTRAL_RECORD_SIZE + directory.readUInt16LE(at + 28);
  let shape = 1;
  for (const { id, data } of splitExtra(directory.subarray(start, start + length)).fields)
    if (id !== EXTRA_ZIP64) shape = Math.imul(shape ^ id ^ (data.length << 16), 0x9e3779b1);
  return shape >>> 0;
}

/** Values of one field among the files, or among the folders, of an archive. */
class Census {
  private readonly seen = new Map<number, { count: number; first: number }>();
  private total = 0;

  add(value: number, index: number): void {
    this.total += 1;
    const known = this.seen.get(value);
    if (known !== undefined) known.count += 1;
    // Beyond a few hundred values nothing is usual, and the map must not grow with the archive.
    else if (this.seen.size < 512) this.seen.set(value, { count: 1, first: index });
  }

  /** The value all records but one have, and the one that has another. */
  outlier(): { readonly usual: number; readonly value: number; readonly index: number } | null {
    if (this.total < HABIT || this.seen.size !== 2) return null;
    const known = [...this.seen];
    const rare = known.find(([, { count }]) => count === 1);
    const usual = known.find(([, { count }]) => count === this.total - 1);
    if (rare !== undefined && usual !== undefined) return { usual: usual[0], value: rare[0], index: rare[1].first };
    return null;
  }
}

/** Records that differ from all others, or say what cannot be, in the fields that nothing else repeats. */
export function uniformityFindings(directory: Directory, start: number): Finding[] {
  const findings: Finding[] = [];
  const { octets, positions } = directory;
  const report = (field: Field, index: number, value: number, expected: string, severity: Severity): void => {
    const at = positions[index] ?? 0;
    findings.push({
      check: 'archive-uniformity',
      severity,
      message: `A directory record differs from the others in its ${field.name}.`,
      expected,
      found: value.toString(16),
      entry: recordName(octets, at).toString('utf8'),
      range: [start + at, start + at + CENTRAL_RECORD_SIZE],
    });
  };
  for (const field of FIELDS) {
    const files = new Census();
    const folders = new Census();
    let impossible = 0;
    for (let index = 0; index < positions.length; index += 1) {
      const at = positions[index] ?? 0;
      const value = field.read(octets, at);
      const name = recordName(octets, at);
      (name[name.length - 1] === SLASH ? folders : files).add(value, index);
      if (!field.impossible(value, octets.readUInt16LE(at + 4))) continue;
      impossible += 1;
      if (impossible <= SPELLED_OUT) report(field, index, value, 'a value APPNOTE knows', 'error');
    }
    for (const census of [files, folders]) {
      const outlier = census.outlier();
      if (outlier === null || impossible > 0) continue;
      const severity = field.outlier(outlier.value, outlier.usual);
      if (severity !== null) report(field, outlier.index, outlier.value, outlier.usual.toString(16), severity);
    }
  }
  return findings;
}
