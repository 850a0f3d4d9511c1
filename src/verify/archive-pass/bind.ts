import { z } from 'zod';
import type { ManifestReader } from '../../manifest/index.ts';
import type { ByteSource } from '../../model/index.ts';

export const bindSchema = z.object({
  manifest: z.string(),
  archive: z.object({
    location: z.string(),
    version: z.string().nullable(),
    etag: z.string().nullable(),
    lastModified: z.string().nullable(),
    size: z.number(),
  }),
  tool: z.string(),
  /** What was to be read: another selection is another verification. */
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
});

/** What makes two verifications the same one. */
export type Bind = z.infer<typeof bindSchema>;

/** The bind of a verification. Null where the source cannot say which state it is in: then nothing is kept. */
export function bindOf(
  manifest: ManifestReader,
  source: ByteSource,
  tool: string,
  settings: Bind['settings'],
): Bind | null {
  const { location, version, etag, lastModified } = source.identity;
  if (etag === null && version === null) return null;
  const archive = { location, version, etag, lastModified, size: source.size };
  return { manifest: manifest.digest, archive, tool, settings };
}

const PARTS: readonly (readonly [keyof Bind, string])[] = [
  ['manifest', 'another manifest'],
  ['archive', 'another archive, or another state of this one'],
  ['tool', 'another version of the program'],
  ['settings', 'another selection of entries'],
];

/** In words: where two binds differ; null where they do not. */
export function bindDifference(kept: Bind, now: Bind): string | null {
  const different = PARTS.filter(([name]) => JSON.stringify(kept[name]) !== JSON.stringify(now[name]));
  return different.length === 0 ? null : different.map(([, words]) => words).join(', ');
}
