export * from './batch.ts';
export * from './process.ts';
export * from './version.ts';
export * from './worker-pool.ts';
