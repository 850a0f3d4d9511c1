/** The live mailbox as a witness: message by message over IMAP, by counts over EWS. */
export * from './compare-live.ts';
export * from './folder-counts.ts';
export type { LiveCounts, LiveDifference, LiveFolderComparison } from './live-difference.ts';
export * from './port.ts';
