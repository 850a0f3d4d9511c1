/** What talks to AWS: clients, export jobs, the archive in S3, its key. Implements the ports of `model`. */
export { DEFAULT_TUNING, type Tuning } from './backoff.ts';
export { askCaller, type Caller, NOT_ASKED } from './caller.ts';
export {
  CHECKSUM_ALGORITHMS,
  type Checksum,
  type ChecksumAlgorithm,
  createChecksum,
  type WholeObjectDigest,
  wholeObjectDigest,
} from './checksum.ts';
export { type AwsClients, type ClientOptions, createClients } from './clients.ts';
export { type MessageDecryptorOptions, messageDecryptor, type OpenedMessage } from './encryption-sdk.ts';
export { type AwsContext, awsError } from './errors.ts';
export { INSTRUCTION_SUFFIX, readInstructionFile } from './instruction-file.ts';
export { cancelJob, describeJob, type JobRequest, listJobs, type StartJobRequest, startJob } from './job.ts';
export { JOB_STATES, type Job, type JobState } from './job-types.ts';
export { completedJob, type WaitRequest, waitForJob } from './job-wait.ts';
export {
  compareKeys,
  compareKeysFinding,
  type KeyComparison,
  type KeyPreflight,
  type KeyUnwrapRequest,
  kmsKeyUnwrapper,
  preflightKey,
} from './kms.ts';
export { type LocatedExport, locateExport, type PathReading, type TriedReading } from './locate.ts';
export {
  parseJob,
  parseSinkLocation,
  parseSourceLocation,
  type SinkLocation,
  type SourceLocation,
} from './locations.ts';
export { getMailboxDetails, listResources, listUsers, type MailboxDetails, type MailboxOwner } from './mailboxes.ts';
export { findOutputLogs, OUTPUT_LOG_KEYS, type OutputLogCandidate, parseOutputLog } from './output-log.ts';
export { listPrefixMembers, type PrefixMember, type PrefixRequest } from './prefix-members.ts';
export { type S3SinkOptions, s3Sink } from './s3-sink.ts';
export { openS3Object, type S3ObjectOptions } from './s3-source.ts';
