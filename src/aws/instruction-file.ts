import type { S3Client } from '@aws-sdk/client-s3';
import { MailproofError } from '../model/index.ts';
import { openS3Object } from './s3-source.ts';

/** The S3 Encryption Client's default suffix. */
export const INSTRUCTION_SUFFIX = '.instruction';
/** An envelope is a kilobyte; a file of gigabytes beside an object is none. */
const LIMIT = 1024 * 1024;

/**
 * The octets of `<key>.instruction`, or null where there is none. Throws ACCESS_DENIED: without s3:ListBucket, S3 answers so for
 * what does not exist too, and who asks has to tell the two apart by the object.
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
    if (error.code === 'SOURCE_NOT_FOUND') return null;
    if (error.code !== 'ACCESS_DENIED') throw error;
    const place = `s3://${options.bucket}/${options.key}${INSTRUCTION_SUFFIX}`;
    throw new MailproofError('ACCESS_DENIED', `Whether there is an instruction file, ${place}, may not be asked.`, {
      cause: error,
      advice: `Allow s3:GetObject on ${place}, or s3:ListBucket on the bucket so that S3 says that there is none.`,
      details: error.details,
    });
  }
}
