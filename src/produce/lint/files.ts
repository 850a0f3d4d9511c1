import { createHash } from 'node:crypto';
import { type ByteSource, MailproofError, openIfThere, type Sink } from '../../model/index.ts';
import { isSafeName } from '../safe-name.ts';

/** A file of a production as it is. Hexadecimal in lower case. */
export interface FileFacts {
  readonly size: number;
  readonly md5: string;
  readonly sha1: string;
  readonly sha256: string;
  /** Whether its octets are valid UTF-8. */
  readonly utf8: boolean;
}

/** Opens a file that a production names; null where it is not there, or where its name can be none of a sink's. */
export async function openNamed(sink: Sink, path: string): Promise<ByteSource | null> {
  try {
    return await openIfThere(sink, path);
  } catch (error) {
    if (error instanceof MailproofError && error.code === 'USAGE') return null;
    throw error;
  }
}

/** Reads a file of a production once; null where it is not there. */
export async function fileFacts(sink: Sink, path: string, signal?: AbortSignal): Promise<FileFacts | null> {
  const source = await openNamed(sink, path);
  if (source === null) return null;
  const hashes = [createHash('md5'), createHash('sha1'), createHash('sha256')] as const;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let utf8 = true;
  const decode = (chunk?: Uint8Array) => {
    if (!utf8) return;
    try {
      decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      utf8 = false;
    }
  };
  try {
    for await (const chunk of source.read(0, source.size, signal)) {
      for (const hash of hashes) hash.update(chunk);
      decode(chunk);
    }
    decode();
    const [md5, sha1, sha256] = hashes.map((hash) => hash.digest('hex'));
    return { size: source.size, md5: md5 ?? '', sha1: sha1 ?? '', sha256: sha256 ?? '', utf8 };
  } finally {
    await source.close();
  }
}

/** A load file's path as a sink's; null where it leads out of the production. */
export function relativePath(text: string): string | null {
  const names = text.replaceAll('\\', '/').replace(/^\.\//, '').split('/');
  if (/^[A-Za-z]:/.test(text) || names.some((name) => name === '' || name === '.' || name === '..')) return null;
  return names.join('/');
}

/** The first name of a path that some file system cannot hold; null where all are legal. */
export const illegalName = (path: string): string | null => path.split('/').find((name) => !isSafeName(name)) ?? null;
