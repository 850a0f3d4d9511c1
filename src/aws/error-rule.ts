import type { ErrorCode } from '../model/index.ts';
import type { Failure } from './failure.ts';

/** What was being done when AWS refused or failed. */
export interface AwsContext {
  /** The beginning of the sentence: `s3://bucket/key could not be read`. */
  readonly what: string;
  readonly service: 's3' | 'kms' | 'workmail';
  /** Writing turns a refused condition into OUTPUT_EXISTS and an unknown failure into OUTPUT_UNWRITABLE. */
  readonly writing?: boolean;
  /** What an `EntityNotFoundException` is about. */
  readonly subject?: 'job' | 'entity';
  /** The object is encrypted under an S3 Bucket Key. */
  readonly bucketKey?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** One row of an error table: what the code means, and what to do. */
export interface ErrorRule {
  readonly code: ErrorCode | ((failure: Failure, context: AwsContext) => ErrorCode);
  /** The second half of the sentence, without its full stop. */
  readonly reason: string | ((failure: Failure, context: AwsContext) => string);
  readonly advice: string | ((failure: Failure, context: AwsContext) => string);
}

export type ErrorTable = Readonly<Record<string, ErrorRule>>;
