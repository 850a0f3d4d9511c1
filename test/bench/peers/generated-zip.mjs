// A zip64 of any size that is never on disk: every octet is computed from where it lies. The entries are messages with an
// id of their own and one attachment, stored; one in 512 has 149 MB.
import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';

const LINE = 78;
const BLOCK_LINES = 13_000;
const CYCLE = 512;
const LARGE = 149_000_000;
const HEADER = 30;
const RECORD = 46;
const ZIP64_EXTRA = 12;

/** Base64 lines of a small generator's numbers: mail that does not compress, the same in every run. */
function block() {
  const octets = Buffer.alloc(BLOCK_LINES * 57);
  let state = 0x9e3779b9;
  for (let at = 0; at + 4 <= octets.length; at += 4) {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + at) >>> 0;
    octets.writeUInt32LE(state, at);
  }
  const lines = [];
  for (let at = 0; at < octets.length; at += 57) lines.push(octets.toString('base64', at, at + 57));
  return Buffer.from(`${lines.join('\r\n')}\r\n`);
}

const BLOCK = block();
const TAIL = Buffer.from('--=_b--\r\n');
const digits = (number) => String(number).padStart(10, '0');
const nameOf = (index) => `Inbox/${digits(index)}.eml`;
const NAME = nameOf(0).length;
const headerOf = (index) =>
  Buffer.from(
    `From: A <a${digits(index)}@example.com>\r\nTo: b@example.com\r\nSubject: Message ${digits(index)}\r\n` +
      `Date: Mon, 01 Feb 2021 10:00:00 +0000\r\nMessage-ID: <${digits(index)}@example.com>\r\nMIME-Version: 1.0\r\n` +
      'Content-Type: multipart/mixed; boundary="=_b"\r\n\r\n--=_b\r\nContent-Type: text/plain\r\n\r\nSee attachment.\r\n' +
      '--=_b\r\nContent-Type: application/octet-stream; name="a.bin"\r\nContent-Transfer-Encoding: base64\r\n' +
      'Content-Disposition: attachment; filename="a.bin"\r\n\r\n',
  );
const PREFIX = headerOf(0).length;

/** A ByteSource of about so many octets in so large messages. */
export function generatedZip(size, messageSize) {
  const body = (index) => {
    const slot = index % CYCLE;
    const wanted =
      slot === 300 && size > 4 * LARGE ? LARGE : Math.max(LINE, messageSize * (0.25 + (1.5 * slot) / CYCLE));
    return Math.floor(wanted / LINE) * LINE;
  };
  const contentOf = (index) => PREFIX + body(index) + TAIL.length;
  const starts = [0];
  for (let slot = 0; slot < CYCLE; slot++) starts.push(starts[slot] + HEADER + NAME + contentOf(slot));
  const cycle = starts[CYCLE];
  const offsetOf = (index) => Math.floor(index / CYCLE) * cycle + starts[index % CYCLE];
  const count = Math.max(1, Math.round((size / cycle) * CYCLE));
  const directoryAt = offsetOf(count);
  const record = RECORD + NAME + ZIP64_EXTRA;
  const endAt = directoryAt + count * record;
  const total = endAt + 56 + 20 + 22;

  const sums = new Map();
  const crcOf = (index) => {
    const held = sums.get(index);
    if (held !== undefined) return held;
    let sum = crc32(headerOf(index));
    for (let left = body(index); left > 0; left -= BLOCK.length)
      sum = crc32(BLOCK.subarray(0, Math.min(left, BLOCK.length)), sum);
    sum = crc32(TAIL, sum);
    sums.set(index, sum);
    return sum;
  };
  const localHeader = (index) => {
    const octets = Buffer.alloc(HEADER + NAME);
    octets.writeUInt32LE(0x04034b50, 0);
    octets.writeUInt16LE(45, 4);
    octets.writeUInt32LE(0x00210000, 10);
    octets.writeUInt32LE(crcOf(index), 14);
    octets.writeUInt32LE(contentOf(index), 18);
    octets.writeUInt32LE(contentOf(index), 22);
    octets.writeUInt16LE(NAME, 26);
    octets.write(nameOf(index), HEADER);
    return octets;
  };
  const centralRecord = (index) => {
    const octets = Buffer.alloc(record);
    octets.writeUInt32LE(0x02014b50, 0);
    octets.writeUInt16LE(45, 4);
    octets.writeUInt16LE(45, 6);
    octets.writeUInt32LE(0x00210000, 12);
    octets.writeUInt32LE(crcOf(index), 16);
    octets.writeUInt32LE(contentOf(index), 20);
    octets.writeUInt32LE(contentOf(index), 24);
    octets.writeUInt16LE(NAME, 28);
    octets.writeUInt16LE(ZIP64_EXTRA, 30);
    octets.writeUInt32LE(0xffffffff, 42);
    octets.write(nameOf(index), RECORD);
    octets.writeUInt16LE(1, RECORD + NAME);
    octets.writeUInt16LE(8, RECORD + NAME + 2);
    octets.writeBigUInt64LE(BigInt(offsetOf(index)), RECORD + NAME + 4);
    return octets;
  };
  const end = () => {
    const octets = Buffer.alloc(56 + 20 + 22);
    octets.writeUInt32LE(0x06064b50, 0);
    octets.writeBigUInt64LE(44n, 4);
    octets.writeUInt16LE(45, 12);
    octets.writeUInt16LE(45, 14);
    octets.writeBigUInt64LE(BigInt(count), 24);
    octets.writeBigUInt64LE(BigInt(count), 32);
    octets.writeBigUInt64LE(BigInt(count * record), 40);
    octets.writeBigUInt64LE(BigInt(directoryAt), 48);
    octets.writeUInt32LE(0x07064b50, 56);
    octets.writeBigUInt64LE(BigInt(endAt), 64);
    octets.writeUInt32LE(1, 72);
    octets.writeUInt32LE(0x06054b50, 76);
    octets.fill(0xff, 84, 96);
    return octets;
  };

  /** The pieces that lie at `position` and after it, one at a time. */
  function* pieces(position) {
    let index = Math.min(count, Math.floor(position / cycle) * CYCLE);
    while (index < count && offsetOf(index + 1) <= position) index++;
    for (let at = offsetOf(index); index < count; index++) {
      const parts = [localHeader(index), headerOf(index)];
      for (const part of parts) {
        yield { at, octets: part };
        at += part.length;
      }
      for (let left = body(index); left > 0; left -= BLOCK.length) {
        const octets = BLOCK.subarray(0, Math.min(left, BLOCK.length));
        yield { at, octets };
        at += octets.length;
      }
      yield { at, octets: TAIL };
      at += TAIL.length;
    }
    const first = Math.max(0, Math.floor((position - directoryAt) / record));
    for (let number = first; number < count; number++)
      yield { at: directoryAt + number * record, octets: centralRecord(number) };
    yield { at: endAt, octets: end() };
  }
  const bytes = async (from, to) => {
    const target = new Uint8Array(to - from);
    for (const { at, octets } of pieces(from)) {
      if (at >= to) break;
      const skip = Math.max(0, from - at);
      if (skip >= octets.length) continue;
      target.set(octets.subarray(skip, Math.min(octets.length, to - at)), at + skip - from);
    }
    return target;
  };
  return {
    size: total,
    count,
    identity: { location: 'generated.zip', version: null, etag: null, lastModified: null, details: {} },
    bytes,
    async *read(from, to) {
      for (let at = from; at < to; at += 1 << 20) yield bytes(at, Math.min(to, at + (1 << 20)));
    },
    async close() {},
  };
}
