import type { Finding } from '../../model/index.ts';
import type { NativeJoin } from '../archive-pass/native-join.ts';
import type { Check, RecordCheck } from '../check.ts';
import { AnnouncedAttachments } from './announced-attachments.ts';
import { archiveDamage } from './archive-damage.ts';
import { archiveDigest } from './archive-digest.ts';
import { archiveObject } from './archive-object.ts';
import { custodyRecord } from './custody.ts';
import { Duplicates } from './duplicates.ts';
import { EmptyEntries, OtherEntries } from './empty-entries.ts';
import { emptyFolders } from './empty-folders.ts';
import { IndexRows } from './index-rows.ts';
import { issueChecks } from './issue-checks.ts';
import { jobKey, jobState, jobTimes, jobWindow } from './job.ts';
import { ledgerBalance, ledgerRecount } from './ledger.ts';
import { mailboxSize } from './mailbox-size.ts';
import { nativeDigest, recordSchemaCheck } from './native-digest.ts';
import { OrphanOverrides } from './orphan-overrides.ts';
import { outputLog } from './output-log.ts';
import { RecordPlaces } from './record-places.ts';
import { rootCounts } from './root-counts.ts';
import { rootDigest, runFiles, sumsFile, unlistedFiles } from './run-files.ts';
import { SilentMonths } from './silent-months.ts';
import { ThreadGaps } from './thread-gaps.ts';

/** The checks that look at every record, made anew for each verification: they remember what they saw. */
export const recordChecks = (): RecordCheck[] => [
  new RecordPlaces(),
  new IndexRows(),
  ...issueChecks(),
  new EmptyEntries(),
  new OtherEntries(),
  new Duplicates(),
  new OrphanOverrides(),
  new AnnouncedAttachments(),
  new ThreadGaps(),
  new SilentMonths(),
];

/** Every check in the order in which they speak. */
export const allChecks = (
  ofRecords: readonly RecordCheck[],
  schemaFaults: Iterable<Finding>,
  join: NativeJoin | null,
  coverage: string | null,
): Check[] => [
  rootDigest,
  runFiles,
  sumsFile,
  custodyRecord,
  unlistedFiles,
  rootCounts,
  recordSchemaCheck(schemaFaults),
  ledgerBalance,
  ledgerRecount,
  archiveObject,
  archiveDigest,
  nativeDigest(join, coverage),
  archiveDamage,
  jobState,
  jobTimes,
  jobKey,
  jobWindow,
  outputLog,
  emptyFolders,
  mailboxSize,
  ...ofRecords,
];
