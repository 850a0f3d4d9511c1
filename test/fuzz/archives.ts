import { deflateRawSync, gzipSync } from 'node:zlib';
import { openArchive, readBatch } from '../../src/archive/index.ts';
import { memorySource } from '../../src/io/index.ts';
import { MailproofError } from '../../src/model/index.ts';
import { generateMailbox } from '../../src/sandbox/index.ts';
import { writeZip, type ZipMember } from '../archive/zip-writer.ts';
import { writeMbox, writeTar } from '../wrappings/writers.ts';
import { mutateLines, mutateNumber, mutateOctets, places } from './mutate.ts';
import type { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

const ENTRIES = [...generateMailbox({ seed: 7, messages: 12, averageBytes: 1200, calendar: 0.2 })];
/** No more may be made of an input than this, however it was altered. */
const EXPANDED_LIMIT = 512 * 1024 * 1024;

/** Reads octets as an archive: a refusal, or pieces whose octets are all accounted for. */
export async function readArchive(octets: Uint8Array, random: Random): Promise<void> {
  const options = random.chance(0.5) ? {} : { batchEntries: 3, batchBytes: 5000, largeEntryBytes: 4000 };
  let accounted = 0;
  let expanded = 0;
  try {
    const archive = await openArchive(memorySource(octets));
    const count = ({
      header,
      data,
      descriptor,
      gap,
    }: {
      header: number;
      data: number;
      descriptor: number;
      gap: number;
    }) => {
      if (Math.min(header, data, descriptor, gap) < 0) throw new Error('an account below zero');
      accounted += header + data + descriptor + gap;
    };
    for await (const piece of archive.pieces(options)) {
      if (piece.kind === 'stream') {
        // Left in its middle now and then: the next step has to read the rest.
        const leave = random.chance(0.2);
        for await (const chunk of piece.stream.chunks) {
          expanded += chunk.length;
          if (leave) break;
        }
        if (leave) return;
        count(piece.stream.outcome().used);
      } else
        for (const { bytes, used } of readBatch(archive.format, piece.batch)) {
          expanded += bytes?.length ?? 0;
          count(used);
        }
      if (expanded > EXPANDED_LIMIT) throw new Error(`expanded to ${expanded} octets`);
    }
    const { directory, gaps } = archive.account();
    for (const { start, end } of gaps) accounted += end - start;
    if (accounted + directory !== archive.totalBytes)
      throw new Error(`${accounted + directory} of ${archive.totalBytes} octets are accounted for`);
  } catch (error) {
    if (!(error instanceof MailproofError) || error.code === 'UNEXPECTED') throw error;
  }
}

/** Fields of a zip's records after each signature: place and width. */
const ZIP_FIELDS: readonly (readonly [mark: string, fields: readonly (readonly [number, number])[]])[] = [
  [
    'PK\x03\x04',
    [
      [4, 2],
      [6, 2],
      [8, 2],
      [14, 4],
      [18, 4],
      [22, 4],
      [26, 2],
      [28, 2],
    ],
  ],
  [
    'PK\x01\x02',
    [
      [8, 2],
      [10, 2],
      [16, 4],
      [20, 4],
      [24, 4],
      [28, 2],
      [30, 2],
      [32, 2],
      [34, 2],
      [42, 4],
    ],
  ],
  [
    'PK\x05\x06',
    [
      [4, 2],
      [8, 2],
      [10, 2],
      [12, 4],
      [16, 4],
      [20, 2],
    ],
  ],
  [
    'PK\x06\x06',
    [
      [4, 8],
      [24, 8],
      [32, 8],
      [40, 8],
      [48, 8],
    ],
  ],
  [
    'PK\x06\x07',
    [
      [4, 4],
      [8, 8],
      [16, 4],
    ],
  ],
  [
    'PK\x07\x08',
    [
      [4, 4],
      [8, 4],
      [12, 4],
    ],
  ],
];

function alteredZip(random: Random, good: Buffer): Buffer {
  let octets = good;
  for (let change = 1 + random.below(3); change > 0; change -= 1) {
    const [mark, fields] = random.of(ZIP_FIELDS);
    const found = places(octets, mark);
    if (found.length === 0 || random.chance(0.15)) octets = mutateOctets(random, octets, 1);
    else {
      const [at, width] = random.of(fields);
      octets = mutateNumber(random, octets, random.of(found) + at, width);
    }
  }
  return octets;
}

/** Sets fields of a tar's header, and mostly its checksum anew, so that the reader takes it for good. */
function alteredTar(random: Random, good: Buffer): Buffer {
  const octets = Buffer.from(random.chance(0.2) ? mutateOctets(random, good, 1) : good);
  const headers = places(octets, 'ustar')
    .map((at) => at - 257)
    .filter((at) => at >= 0 && at % 512 === 0);
  for (let change = 1 + random.below(3); change > 0 && headers.length > 0; change -= 1) {
    const at = random.of(headers);
    if (at + 512 > octets.length) continue;
    const size = random.of([
      '00000000000',
      '00000000001',
      '00000001000',
      '77777777777',
      '-0000000001',
      '           ',
      'zzz',
    ]);
    switch (random.below(5)) {
      case 0:
        octets.write(random.of([...'01234567xgLKSDVMXA'.split(''), '\0', '\xff']), at + 156, 'latin1');
        break;
      case 1:
        octets.write(size, at + 124, 'latin1');
        break;
      case 2:
        octets.fill(random.of([0x80, 0xff]), at + 124, at + 125 + random.below(11));
        break;
      case 3:
        octets.write(random.of(['../', '/', '\0', 'a'.repeat(100), '././@LongLink']), at, 'latin1');
        break;
      default:
        octets.fill(random.below(256), at + random.below(500), at + 512);
    }
    if (random.chance(0.85)) {
      octets.fill(0x20, at + 148, at + 156);
      const sum = octets.subarray(at, at + 512).reduce((total, octet) => total + octet, 0);
      octets.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
    }
  }
  return random.chance(0.1) ? octets.subarray(0, random.below(octets.length)) : octets;
}

const MBOX_LINES = [
  'From a@b Thu Jan  1 00:00:00 2026',
  'From ',
  '>From a@b Thu Jan  1 00:00:00 2026',
  '>>>>From x',
  'Content-Length: 0',
  'Content-Length: 99999999999',
  'Content-Length: 10',
  'X-IMAPbase: 1 4294967295',
  'X-UID: 4294967295',
  'X-Gmail-Labels: "a,=?utf-8?q?=?=',
  'X-Mozilla-Status: ffff',
  'Status: ROAFTD',
  '',
  '\r',
];

const MEMBERS: readonly ZipMember[] = ENTRIES.map(({ path, bytes }, place) => ({
  name: path,
  content: bytes,
  descriptor: (['none', 'signed', 'bare', 'signed64', 'bare64'] as const)[place % 5] ?? 'none',
  method: place % 4 === 3 ? 0 : 8,
  zip64: place % 3 === 0,
}));

export const ARCHIVE_TARGETS: readonly FuzzTarget[] = [
  {
    name: 'zip',
    runs: 300,
    prepare: async () => {
      const goods = [
        writeZip(MEMBERS).bytes,
        writeZip(MEMBERS, { zip64: true, comment: Buffer.from('c') }).bytes,
        writeZip([{ name: 'bomb', data: deflateRawSync(Buffer.alloc(1_000_000)), method: 8, content: '' }]).bytes,
      ];
      return (random) => readArchive(alteredZip(random, random.of(goods)), random);
    },
  },
  {
    name: 'tar',
    runs: 900,
    prepare: async () => {
      const long = ENTRIES.map((entry, place) => ({ ...entry, path: `${'folder/'.repeat(place * 4)}${entry.path}` }));
      const goods = [await writeTar(ENTRIES), await writeTar(long)];
      return (random) => readArchive(alteredTar(random, random.of(goods)), random);
    },
  },
  {
    name: 'tar.gz',
    runs: 500,
    prepare: async () => {
      const tar = await writeTar(ENTRIES);
      return (random) => {
        const inner = random.chance(0.4) ? alteredTar(random, tar) : tar;
        const half = random.below(inner.length);
        const members = random.chance(0.5) ? [inner] : [inner.subarray(0, half), inner.subarray(half)];
        const octets = Buffer.concat(members.map((member) => gzipSync(member, { level: 1 })));
        return readArchive(random.chance(0.7) ? mutateOctets(random, octets, 1) : octets, random);
      };
    },
  },
  {
    name: 'mbox',
    runs: 900,
    prepare: async () => {
      const good = writeMbox(ENTRIES.filter(({ path }) => path.endsWith('.eml'))).toString('latin1');
      return (random) => readArchive(Buffer.from(mutateLines(random, good, MBOX_LINES), 'latin1'), random);
    },
  },
];
