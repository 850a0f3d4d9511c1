import { prose } from './prose.ts';
import type { SeededRandom } from './random.ts';
import { base64Lines } from './transfer.ts';
import { LANGUAGES } from './vocabulary.ts';

/** Octets of a base64 line with its CRLF, and of what it holds. */
const LINE = 78;
const LINE_OCTETS = 57;
const COMPRESSED_LINES = 65_536;
const TEXT_LINES = 32_768;

interface Kind {
  readonly mediaType: string;
  readonly extension: string;
  readonly magic: string;
  readonly text: boolean;
  /** Out of 100. */
  readonly weight: number;
}

/** What people attach; most of it is compressed already, and stays as large in a zip. */
const KINDS: readonly [Kind, ...Kind[]] = [
  { mediaType: 'application/pdf', extension: 'pdf', magic: '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', text: false, weight: 34 },
  { mediaType: 'image/jpeg', extension: 'jpg', magic: '\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01', text: false, weight: 22 },
  { mediaType: 'image/png', extension: 'png', magic: '\x89PNG\r\n\x1a\n\0\0\0\rIHDR', text: false, weight: 10 },
  {
    mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    extension: 'docx',
    magic: 'PK\x03\x04\x14\0\x06\0\x08\0',
    text: false,
    weight: 12,
  },
  { mediaType: 'application/zip', extension: 'zip', magic: 'PK\x03\x04\x14\0\0\0\x08\0', text: false, weight: 6 },
  { mediaType: 'application/octet-stream', extension: 'bin', magic: '', text: false, weight: 4 },
  { mediaType: 'text/csv', extension: 'csv', magic: 'id,name,amount\r\n', text: true, weight: 6 },
  {
    mediaType: 'application/vnd.ms-excel',
    extension: 'xls',
    magic: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
    text: true,
    weight: 6,
  },
];

/** Lines of base64 made once for a seed. Attachments are long runs of them: memory speed, and no repeat within deflate's window. */
export interface AttachmentPool {
  readonly compressed: Buffer;
  readonly text: Buffer;
}

export function makePool(random: SeededRandom): AttachmentPool {
  const text = prose(random, LANGUAGES[0], TEXT_LINES * LINE_OCTETS);
  return {
    compressed: withLineEnds(random.bytes(COMPRESSED_LINES * LINE_OCTETS), COMPRESSED_LINES),
    text: withLineEnds(Buffer.from(text, 'latin1'), TEXT_LINES),
  };
}

function withLineEnds(octets: Buffer, lines: number): Buffer {
  return Buffer.from(`${base64Lines(octets.subarray(0, lines * LINE_OCTETS))}\r\n`, 'latin1');
}

export interface Attachment {
  readonly mediaType: string;
  readonly extension: string;
  /** Base64 with CRLFs, ending in one. */
  readonly pieces: readonly Buffer[];
}

/** An attachment of about `size` encoded octets, unlike every other: its first line is drawn anew. */
export function makeAttachment(random: SeededRandom, pool: AttachmentPool, size: number, image = false): Attachment {
  const kind = image ? (KINDS[2] ?? KINDS[0]) : pickKind(random);
  const source = kind.text ? pool.text : pool.compressed;
  const total = source.length / LINE;
  const magic = Buffer.from(kind.magic, 'latin1');
  const first = Buffer.concat([magic, random.bytes(LINE_OCTETS - magic.length)]);
  const pieces: Buffer[] = [Buffer.from(`${first.toString('base64')}\r\n`, 'latin1')];
  let left = Math.max(0, Math.floor(size / LINE) - 2);
  while (left > 0) {
    const run = Math.min(left, 256 + random.below(512));
    const from = random.below(total - run);
    pieces.push(source.subarray(from * LINE, (from + run) * LINE));
    left -= run;
  }
  pieces.push(Buffer.from(`${random.bytes(1 + random.below(LINE_OCTETS - 1)).toString('base64')}\r\n`, 'latin1'));
  return { mediaType: kind.mediaType, extension: kind.extension, pieces };
}

function pickKind(random: SeededRandom): Kind {
  let draw = random.below(100);
  for (const kind of KINDS) {
    draw -= kind.weight;
    if (draw < 0) return kind;
  }
  return KINDS[0];
}
