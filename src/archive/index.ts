export type { Archive, ArchiveAccount, ArchiveFormat, OpenOptions, PiecesOptions } from './archive.ts';
export * from './collection/index.ts';
export { openArchive, recognizedFormat } from './open.ts';
export { readBatch } from './read-batch.ts';
