import type { ByteSource, JsonObject } from '../model/index.ts';

/** What DescribeMailboxExportJob said, as far as verification needs it. Times are RFC 3339 in UTC. */
export interface JobFacts {
  readonly jobId: string;
  /** RUNNING, COMPLETED, FAILED or CANCELLED. */
  readonly state: string;
  readonly startTime: string | null;
  readonly endTime: string | null;
  readonly kmsKeyArn: string | null;
  readonly s3BucketName: string | null;
  readonly s3Path: string | null;
  readonly errorInfo: string | null;
}

/** What a HEAD of the archive said when it was processed. */
export interface ObjectFacts {
  /** `s3://bucket/key`, or a file's path. */
  readonly location: string;
  /** Octets. */
  readonly size: number;
  readonly versionId: string | null;
  readonly etag: string | null;
  /** RFC 3339 in UTC. */
  readonly lastModified: string | null;
  /** `aws:kms`, `AES256`, or null where it is unknown or none. */
  readonly encryption: string | null;
  readonly kmsKeyId: string | null;
  /** By algorithm in lower case, base64, as S3 writes them. */
  readonly checksums: Readonly<Record<string, string>>;
  /** `COMPOSITE` values are checksums of parts' checksums and say nothing of the whole. */
  readonly checksumType: string | null;
}

/** An output log of the export and where it was found. All values are strings, as AWS documents them. */
export interface OutputLogFound {
  readonly where: string;
  readonly values: Readonly<Record<string, string>>;
}

/** What GetMailboxDetails said. Megabytes; contacts and attachments included. */
export interface MailboxFacts {
  readonly sizeMegabytes: number | null;
  readonly quotaMegabytes: number | null;
}

/** What was known of the export besides its octets when it was processed: plain JSON, to be kept with the run. */
export interface SourceFacts {
  readonly job: JobFacts | null;
  readonly object: ObjectFacts | null;
  readonly outputLogs: readonly OutputLogFound[];
  readonly mailbox: MailboxFacts | null;
}

/** Nothing but the archive is known. */
export const NO_FACTS: SourceFacts = { job: null, object: null, outputLogs: [], mailbox: null };

const textIn = (details: JsonObject, name: string): string | null => {
  const value = details[name];
  return typeof value === 'string' ? value : null;
};

/** The facts of an archive's object, from what its source says of itself. A file has no encryption and no checksums. */
export function objectFacts(source: ByteSource): ObjectFacts {
  const { location, version, etag, lastModified, details } = source.identity;
  const checksums: Record<string, string> = {};
  const given = details['checksums'];
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
    for (const [name, value] of Object.entries(given)) if (typeof value === 'string') checksums[name] = value;
  }
  return {
    location,
    size: source.size,
    versionId: version,
    etag,
    lastModified,
    encryption: textIn(details, 'serverSideEncryption'),
    kmsKeyId: textIn(details, 'kmsKeyId'),
    checksums,
    checksumType: textIn(details, 'checksumType'),
  };
}
