/** Where the files of a run lie and what they are. Paths are relative to the destination. */
export const ROOT_PATH = 'manifest.json';
export const CUSTODY_PATH = 'custody.json';
/** The page for people; written after the root, and again by `mailproof report`. */
export const REPORT_PATH = 'report.html';
/** What `sha256sum -c` reads: the run can be checked without Mailproof. */
export const SUMS_PATH = 'manifest-sha256.txt';
export const LEDGER_PATH = 'ledger.json';
export const FINDINGS_PATH = 'findings.jsonl';
/** What an interrupted run needs to go on; removed when the root is written. */
export const WORK_PREFIX = 'work/';

export const MEDIA_TYPES = {
  root: 'application/vnd.mailproof.manifest.v1+json',
  custody: 'application/vnd.mailproof.custody.v1+json',
  shard: 'application/vnd.mailproof.records.v1+jsonl',
  shardIndex: 'application/vnd.mailproof.records-index.v1+json',
  index: 'application/vnd.mailproof.index.v1+jsonl',
  indexBlocks: 'application/vnd.mailproof.index-blocks.v1+json',
  text: 'text/plain; charset=utf-8',
  ledger: 'application/vnd.mailproof.ledger.v1+json',
  findings: 'application/vnd.mailproof.findings.v1+jsonl',
  schema: 'application/schema+json',
} as const;

/** The indexes of a run, each sorted by its key's octets. */
export const INDEX_NAMES = ['message-id', 'thread', 'digest', 'uid'] as const;
export type IndexName = (typeof INDEX_NAMES)[number];

const shardName = (shard: number): string => String(shard).padStart(6, '0');

export const shardPath = (shard: number): string => `items/${shardName(shard)}.jsonl`;
export const shardIndexPath = (shard: number): string => `items/${shardName(shard)}.index.json`;
export const textPath = (shard: number): string => `text/${shardName(shard)}.txt`;
export const indexPath = (name: IndexName): string => `index/${name}.jsonl`;
export const indexBlocksPath = (name: IndexName): string => `index/${name}.blocks.json`;
export const runPath = (name: IndexName, shard: number): string => `${WORK_PREFIX}${shardName(shard)}.${name}.jsonl`;
export const checkpointPath = (shard: number): string => `${WORK_PREFIX}${shardName(shard)}.json`;
export const schemaPath = (name: string): string => `schema/${name}.schema.json`;

/** A record's id: the entry's ordinal in eight digits. */
export const entryId = (ordinal: number): string => String(ordinal).padStart(8, '0');

/** The ordinal a record's id begins with, or null where it is no id. */
export function ordinalOf(id: string): number | null {
  const match = /^(\d{8,})(?:\.|$)/.exec(id);
  return match?.[1] === undefined ? null : Number(match[1]);
}
