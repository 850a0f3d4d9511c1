import type { ByteSource, Descriptor, Sink } from '../model/index.ts';
import { type IndexRow, mergeRuns, rowLine } from './index-rows.ts';
import { type IndexName, indexBlocksPath, indexPath, MEDIA_TYPES } from './layout.ts';

/** A reader fetches one block of an index: large enough to be few, small enough to be one quick ranged read. */
export const BLOCK_OCTETS = 64 * 1024;

/** `[first key, offset, length]` of each block of an index, in order. */
export type IndexBlock = readonly [string, number, number];

export interface IndexFile {
  readonly name: IndexName;
  readonly rows: Descriptor;
  readonly blocks: Descriptor;
  readonly count: number;
}

/**
 * Merges the shards' sorted runs to one index file and writes its table of blocks, by which one key is found with two
 * ranged reads however long the index is.
 */
export async function writeIndex(
  sink: Sink,
  name: IndexName,
  runs: readonly ByteSource[],
  signal?: AbortSignal,
): Promise<IndexFile> {
  const blocks: IndexBlock[] = [];
  let count = 0;
  async function* content(): AsyncGenerator<Uint8Array> {
    let offset = 0;
    let lines: string[] = [];
    let octets = 0;
    let firstKey = '';
    for await (const rows of mergeRuns(runs, signal)) {
      for (const row of rows) {
        const line = rowLine(row);
        if (octets === 0) firstKey = row.key;
        lines.push(line);
        octets += Buffer.byteLength(line);
        count++;
        if (octets < BLOCK_OCTETS) continue;
        blocks.push([firstKey, offset, octets]);
        offset += octets;
        yield Buffer.from(lines.join(''));
        lines = [];
        octets = 0;
      }
    }
    if (octets === 0) return;
    blocks.push([firstKey, offset, octets]);
    yield Buffer.from(lines.join(''));
  }
  const put = async (path: string, mediaType: string, body: Uint8Array | AsyncIterable<Uint8Array>) => {
    const { size, digest } = await sink.put(path, body, signal === undefined ? { mediaType } : { mediaType, signal });
    return { mediaType, digest, size, annotations: { path } };
  };
  const rows = await put(indexPath(name), MEDIA_TYPES.index, content());
  const table = Buffer.from(`[\n${blocks.map((block) => JSON.stringify(block)).join(',\n')}\n]\n`);
  return { name, rows, blocks: await put(indexBlocksPath(name), MEDIA_TYPES.indexBlocks, table), count };
}

/** The rows of a set, as an index run of its own. */
export const runOf = (rows: readonly IndexRow[]): Buffer => Buffer.from(rows.map(rowLine).join(''));
