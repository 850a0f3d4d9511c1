import type { S3Client } from '@aws-sdk/client-s3';
import { MailproofError } from '../model/index.ts';
import { openS3Object } from './s3-source.ts';

/** The S3 Encryption Client's default suffix. */
export const INSTRUCTION_SUFFIX = '.instruction';
/** An envelope is a kilobyte; a file of gigabytes beside an object is none. */
const LIMIT = 1024 * 1024;

/**
 * The octets of `<key>.instruction`, or null where there is none. Without s3:ListBucket, S3 answers ACCESS_DENIED for what does
 * not exist: taken for none, since an object without envelope must be readable with s3:GetObject on it alone.
 */
export async function readInstructionFile(options: {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly key: string;
  readonly signal?: AbortSignal | undefined;
}): Promise<Uint8Array | null> {
  try {
    const source = await openS3Object({ ...options, key: `${options.key}${INSTRUCTION_SUFFIX}` });
    try {
      return source.size > LIMIT ? null : await source.bytes(0, source.size);
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof MailproofError)) throw error;
    if (error.code === 'SOURCE_NOT_FOUND' || error.code === 'ACCESS_DENIED') return null;
    throw error;
  }
}
