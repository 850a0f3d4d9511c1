export * from './calendar-hash.ts';
export * from './content-hash.ts';
export * from './digests.ts';
export * from './inclusive.ts';
export { md5OfEach } from './md5/md5-of-each.ts';
export * from './mih.ts';
export * from './thread.ts';
export * from './thread-index.ts';
