import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { LittleEndianCursor } from '../cursor.ts';

const HEADER_SIZE = 16;
const COMPRESSED = 0x75465a4c;
const UNCOMPRESSED = 0x414c454d;
const WINDOW = 4096;
/** What the dictionary holds before the first octet (MS-OXRTFCP 2.1.2.1). */
const PRELOADED = Buffer.from(
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript ' +
    '\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par ' +
    '\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx',
  'latin1',
);
/** Two octets stand for seventeen at most, and a control octet leads eight such pairs. */
const EXPANSION_LIMIT = 8;

export interface DecompressedRtf {
  readonly bytes: Uint8Array;
  readonly problem: 'not compressed RTF' | 'checksum' | 'truncated' | null;
}

/**
 * Decompresses PR_RTF_COMPRESSED (MS-OXRTFCP): LZFu or MELA.
 * Output is at most eight times the input, whatever the header promises.
 */
export function decompressRtf(compressed: Uint8Array): DecompressedRtf {
  const header = new LittleEndianCursor(compressed);
  const compressedSize = header.uint32();
  const rawSize = header.uint32();
  const kind = header.uint32();
  const checksum = header.uint32();
  if (header.overrun || (kind !== COMPRESSED && kind !== UNCOMPRESSED)) {
    return { bytes: new Uint8Array(0), problem: 'not compressed RTF' };
  }
  // The size counts the three fields that follow it.
  const end = Math.min(compressed.length, Math.max(HEADER_SIZE, compressedSize + 4));
  const content = compressed.subarray(HEADER_SIZE, end);
  if (kind === UNCOMPRESSED) {
    return {
      bytes: content.subarray(0, Math.min(rawSize, content.length)),
      problem: content.length < rawSize ? 'truncated' : null,
    };
  }
  const { output, terminated } = expand(content);
  if (!terminated && output.length < rawSize) return { bytes: output, problem: 'truncated' };
  return { bytes: output, problem: rtfChecksum(content) === checksum ? null : 'checksum' };
}

/** CRC-32 with the register starting at zero and not inverted (MS-OXRTFCP 2.1.3.2). */
function rtfChecksum(content: Uint8Array): number {
  return (crc32(content, 0xffffffff) ^ 0xffffffff) >>> 0;
}

function expand(content: Uint8Array): { output: Uint8Array; terminated: boolean } {
  const output = Buffer.allocUnsafe(content.length * EXPANSION_LIMIT + 17);
  const window = new Uint8Array(WINDOW);
  window.set(PRELOADED);
  let write = PRELOADED.length;
  let length = 0;
  let read = 0;
  const put = (octet: number): void => {
    output[length++] = octet;
    window[write] = octet;
    write = (write + 1) % WINDOW;
  };
  while (read < content.length) {
    const control = content[read++] ?? 0;
    for (let bit = 0; bit < 8 && read < content.length; bit++) {
      if ((control & (1 << bit)) === 0) {
        put(content[read++] ?? 0);
        continue;
      }
      if (read + 1 >= content.length) return { output: output.subarray(0, length), terminated: false };
      const reference = ((content[read] ?? 0) << 8) | (content[read + 1] ?? 0);
      read += 2;
      let from = reference >> 4;
      // A reference to where the next octet goes is the end mark (MS-OXRTFCP 2.2.3).
      if (from === write) return { output: output.subarray(0, length), terminated: true };
      for (let left = (reference & 15) + 2; left > 0; left--) {
        put(window[from] ?? 0);
        from = (from + 1) % WINDOW;
      }
    }
  }
  return { output: output.subarray(0, length), terminated: false };
}
