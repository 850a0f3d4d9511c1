import type { ByteSource } from '../model/index.ts';

/** Where the manifest of an object goes, relative to its bucket. */
export interface Destination {
  readonly bucket: string;
  readonly prefix: string;
}

/**
 * Beside the export, in a folder named after it and its version (or ETag, where the bucket keeps none): the same bucket,
 * key and version always lead to the same folder, and another version never to it. That is the whole of idempotency:
 * the root is written there once, by `If-None-Match`.
 */
export function destinationOf(bucket: string, key: string, source: ByteSource): Destination {
  const { version, etag } = source.identity;
  const pin = (version ?? etag ?? `${source.size}`).replaceAll(/[^A-Za-z0-9_-]/g, '');
  return { bucket, prefix: `${key.replace(/\.zip$/i, '')}.mailproof/${pin === '' ? 'current' : pin}` };
}
