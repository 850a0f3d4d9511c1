/** The report of a run: statistics over its records, and one HTML page. */
export { type DeclarationInput, renderDeclaration } from './declaration.ts';

export { type FrequentCount, FrequentCounts } from './frequent-counts.ts';
export type { ReportInput } from './input.ts';
export { renderReport } from './page.ts';
export {
  type CalendarYear,
  collectStatistics,
  type IssueClass,
  type Statistics,
  StatisticsCollector,
} from './statistics.ts';
export {
  type Timestamp,
  type TimestampInput,
  type TimestampRequest,
  type TimestampResult,
  timestampRequest,
  verifyTimestamp,
} from './timestamp.ts';
export { isDeceiving } from './visible.ts';
