import { z } from 'zod';
import { findingSchema } from '../manifest/schema.ts';
import type { Finding, JsonObject } from '../model/index.ts';
import type { SourceFacts } from '../verify/facts.ts';

const text = z.string().nullable();
const factsSchema = z.object({
  job: z
    .object({
      jobId: z.string(),
      state: z.string(),
      startTime: text,
      endTime: text,
      kmsKeyArn: text,
      s3BucketName: text,
      s3Path: text,
      errorInfo: text,
    })
    .nullable(),
  object: z
    .object({
      location: z.string(),
      size: z.number(),
      versionId: text,
      etag: text,
      lastModified: text,
      encryption: text,
      kmsKeyId: text,
      checksums: z.record(z.string(), z.string()),
      checksumType: text,
    })
    .nullable(),
  outputLogs: z.array(z.object({ where: z.string(), values: z.record(z.string(), z.string()) })),
  mailbox: z.object({ sizeMegabytes: z.number().nullable(), quotaMegabytes: z.number().nullable() }).nullable(),
});

/** The facts of the source that the custody record keeps; null where it has none that can be read. */
export function factsIn(custody: JsonObject | null): SourceFacts | null {
  const checked = factsSchema.safeParse(custody?.['facts']);
  return checked.success ? checked.data : null;
}

const findingsIn = z.object({ findings: z.array(findingSchema) });

/** What was found about the source when it was processed. */
export function sourceFindingsIn(custody: JsonObject | null): readonly Finding[] {
  const checked = findingsIn.safeParse(custody);
  return checked.success ? checked.data.findings : [];
}

const rootNoted = z.object({ manifest: z.object({ digest: z.string() }) });

/** The digest of manifest.json that the custody record noted when the run ended; null where it noted none. */
export function rootDigestIn(custody: JsonObject | null): string | null {
  const checked = rootNoted.safeParse(custody);
  return checked.success ? checked.data.manifest.digest : null;
}
