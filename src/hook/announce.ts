import type { JsonObject } from '../model/index.ts';
import type { VerdictName } from '../verify/verdict.ts';

/** What is told when an export was processed, or cannot be. It names places and counts, no content. */
export interface Announcement {
  readonly schemaVersion: 1;
  /** The same for every delivery of the same outcome: receivers drop what they have seen. */
  readonly id: string;
  readonly type: 'processed' | 'failed';
  readonly archive: { readonly bucket: string; readonly key: string; readonly versionId: string | null } | null;
  readonly job: { readonly organizationId: string; readonly jobId: string } | null;
  readonly verdict: VerdictName | null;
  /** `s3://bucket/prefix/manifest.json` and its digest. */
  readonly manifest: { readonly location: string; readonly digest: string } | null;
  readonly counts: JsonObject | null;
  /** Of a failure: its code, and whether the hook will try again by itself. */
  readonly failure: { readonly code: string; readonly retryable: boolean } | null;
}

/** One way to tell it. Throws TEMPORARY or what no retry helps. */
export interface Announcer {
  readonly name: 'sns' | 'eventbridge' | 'webhook';
  announce(announcement: Announcement, signal?: AbortSignal): Promise<void>;
}

/** Tells everyone. One that fails does not keep the others from hearing; the first failure is thrown at the end. */
export async function announceAll(
  announcers: readonly Announcer[],
  announcement: Announcement,
  signal?: AbortSignal,
): Promise<void> {
  const told = await Promise.allSettled(announcers.map((announcer) => announcer.announce(announcement, signal)));
  for (const outcome of told) if (outcome.status === 'rejected') throw outcome.reason;
}
