import iconv from 'iconv-lite';
import type { ByteSource } from '../../model/index.ts';
import type { TableEncoding } from '../options.ts';

/** How a file's octets are to be read, and how many of them are its byte order mark. */
export interface FoundEncoding {
  readonly encoding: TableEncoding;
  readonly mark: number;
}

/** Reads the whole file once where it has no mark: what is valid UTF-8 is UTF-8, all else is taken for windows-1252. */
export async function findEncoding(source: ByteSource, signal?: AbortSignal): Promise<FoundEncoding> {
  const head = await source.bytes(0, Math.min(3, source.size), signal);
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8-bom', mark: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', mark: 2 };
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of source.read(0, source.size, signal)) decoder.decode(chunk, { stream: true });
    decoder.decode();
    return { encoding: 'utf-8', mark: 0 };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { encoding: 'windows-1252', mark: 0 };
  }
}

const NAMES = {
  'utf-8': 'utf-8',
  'utf-8-bom': 'utf-8',
  'utf-16le': 'utf-16le',
  'windows-1252': 'windows-1252',
} as const;

/** The file's text in pieces. What is malformed becomes U+FFFD. */
export async function* decoded(
  source: ByteSource,
  { encoding, mark }: FoundEncoding,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const decoder = iconv.getDecoder(NAMES[encoding], { stripBOM: false });
  for await (const chunk of source.read(mark, source.size, signal)) {
    yield decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }
  yield decoder.end() ?? '';
}
