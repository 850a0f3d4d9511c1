/** A fleet: one archive read by many machines at once, and the exports of an organization. */

export { type CostEstimate, estimateCost } from './cost.ts';
export { type CustodyInput, writeCustody } from './custody.ts';
export { digestArchive } from './digest.ts';
export { type VerifiedRun, verifyFinished } from './finished-run.ts';
export { jobInFacts, keepJob, keptJob, withJob } from './job-record.ts';
export { type MergeInput, type MergeResult, mergeFleet } from './merge.ts';
export {
  type ExportAddress,
  jobFacts,
  type OpenedExport,
  openExport,
  openStored,
  type StoredExport,
} from './open-export.ts';
export { listMailboxes } from './organization/mailboxes.ts';
export { processMailbox } from './organization/process-mailbox.ts';
export { type MailboxOutcome, type MailboxRecord, mailboxFolder, readRecords } from './organization/record.ts';
export { type ExportTarget, type OrganizationInput, runOrganization } from './organization/run.ts';
export { type FleetItem, planFleet, SHARD_OCTETS } from './plan.ts';
export * from './policy.ts';
export { type CostAssumptions, type Prices, parseRates, RATES, type Rates } from './rates.ts';
export { type FleetPlan, ITEMS_PATH, type PlannedShard } from './records.ts';
export { processShard } from './shard.ts';
export { STATE_MACHINE } from './state-machine.ts';
export { type FleetTask, readTask } from './task.ts';
export { runTask, type TaskPorts, type TaskResult } from './tasks.ts';
export { TEMPLATE } from './template.ts';
