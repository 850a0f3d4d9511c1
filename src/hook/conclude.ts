import type { ExportAddress, VerifiedRun } from '../fleet/index.ts';
import { ROOT_PATH } from '../manifest/index.ts';
import { isThere, type Sink } from '../model/index.ts';
import { type Announcement, type Announcer, announceAll } from './announce.ts';

/** Written when all have been told, so that a delivery repeated later tells nobody twice. */
export const ANNOUNCED_PATH = 'announced.json';

/** Whether everybody has been told of this run. */
export const wasAnnounced = (sink: Sink): Promise<boolean> => isThere(sink, ANNOUNCED_PATH);

/** A verified run as it is told. `archive` is null where it was read from no bucket. */
export function announcementOf(run: VerifiedRun, sink: Sink, archive: ExportAddress | null): Announcement {
  const { root, digest, verdict, job } = run;
  return {
    schemaVersion: 1,
    id: digest,
    type: 'processed',
    archive,
    job: job === null ? null : { organizationId: job.organizationId, jobId: job.jobId },
    verdict,
    manifest: { location: `${sink.location}/${ROOT_PATH}`, digest },
    counts: { ...root.counts, balanced: root.balanced },
    failure: null,
  };
}

/**
 * Tells everybody, then writes down that they know: whoever is told twice because that was lost sees the same id. Null
 * where all have been told before. Throws what the first announcer that failed throws.
 */
export async function announceOnce(
  announcers: readonly Announcer[],
  announcement: Announcement,
  sink: Sink,
  signal?: AbortSignal,
): Promise<Announcement | null> {
  if (await wasAnnounced(sink)) return null;
  await announceAll(announcers, announcement, signal);
  await sink.put(ANNOUNCED_PATH, Buffer.from(`${JSON.stringify({ id: announcement.id })}\n`));
  return announcement;
}
