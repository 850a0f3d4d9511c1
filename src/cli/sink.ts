import { parseSinkLocation } from '../aws/locations.ts';
// Not by the room's face: `show` answers in the time it takes to load what it needs.
import { folderSink } from '../io/folder-sink.ts';
import type { Sink } from '../model/index.ts';
import type { Context } from './context.ts';

/** DEST: a folder, or `s3://bucket/prefix`. */
export async function openSink(context: Context, dest: string, options: { readonly kmsKeyId?: string }): Promise<Sink> {
  // An empty variable in a script, or `http://…`, must not become a folder somewhere below the one we stand in.
  const location = parseSinkLocation(dest);
  if (location.kind === 'path') return folderSink(location.path);
  const { createClients, s3Sink } = await import('../aws/index.ts');
  return s3Sink({
    s3: createClients().s3,
    bucket: location.bucket,
    prefix: location.prefix,
    signal: context.signal,
    ...(options.kmsKeyId !== undefined && { kmsKeyId: options.kmsKeyId }),
  });
}
