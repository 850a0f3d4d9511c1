import { folderSink } from '../io/index.ts';
import { MailproofError, type Sink } from '../model/index.ts';
import type { Context } from './context.ts';

/** DEST: a folder, or `s3://bucket/prefix`. */
export async function openSink(context: Context, dest: string, options: { readonly kmsKeyId?: string }): Promise<Sink> {
  if (!dest.startsWith('s3://')) return folderSink(dest);
  const { createClients, parseSinkLocation, s3Sink } = await import('../aws/index.ts');
  const location = parseSinkLocation(dest);
  if (location.kind !== 's3') throw new MailproofError('USAGE', `${dest} is no s3://bucket/prefix.`);
  return s3Sink({
    s3: createClients().s3,
    bucket: location.bucket,
    prefix: location.prefix,
    signal: context.signal,
    ...(options.kmsKeyId !== undefined && { kmsKeyId: options.kmsKeyId }),
  });
}
