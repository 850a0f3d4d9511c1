/** A fleet: one archive read by many machines at once, and the exports of an organization. */
export { type CustodyInput, writeCustody } from './custody.ts';
export { digestArchive } from './digest.ts';
export { type MergeInput, type MergeResult, mergeFleet } from './merge.ts';
export { type ExportAddress, type OpenedExport, openExport, rawChecksum } from './open-export.ts';
export { type FleetItem, planFleet, SHARD_OCTETS } from './plan.ts';
export { type FleetPlan, ITEMS_PATH, type PlannedShard } from './records.ts';
export { processShard } from './shard.ts';
