export * from './calendar-hash.ts';
export * from './content-hash.ts';
export * from './digests.ts';
export * from './inclusive.ts';
export * from './mih.ts';
export * from './thread.ts';
export * from './thread-index.ts';
