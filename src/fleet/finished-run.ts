import type { Job } from '../aws/index.ts';
import { ManifestReader, type Root } from '../manifest/index.ts';
import type { Digest, Reporter, Sink } from '../model/index.ts';
import { checkRun } from '../verify/check-run.ts';
import type { VerdictName } from '../verify/verdict.ts';
import { jobInCustody } from './job-record.ts';
import { factsIn, rootDigestIn, sourceFindingsIn } from './recorded-facts.ts';

/** A run whose root is written, and what verifying it came to. */
export interface VerifiedRun {
  readonly root: Root;
  readonly digest: Digest;
  readonly verdict: VerdictName;
  /** The job that wrote the archive, as the custody record keeps it. */
  readonly job: Job | null;
}

const SILENT: Reporter = {
  progress: () => undefined,
  note: () => undefined,
  issue: () => undefined,
  finding: () => undefined,
};

/**
 * Verifies a finished run by what is recorded with it, as `mailproof verify` does. The archive is not opened again: one
 * that a client encrypted would have to be read from end to end for that.
 */
export async function verifyFinished(sink: Sink, signal?: AbortSignal): Promise<VerifiedRun> {
  const manifest = await ManifestReader.open(sink);
  const custody = await manifest.custody();
  const { verdict } = await checkRun({
    manifest,
    facts: factsIn(custody),
    findings: sourceFindingsIn(custody),
    rootDigest: rootDigestIn(custody),
    reporter: SILENT,
    ...(signal !== undefined && { signal }),
  });
  return {
    root: manifest.root,
    digest: `sha256:${manifest.digest}`,
    verdict: verdict.verdict,
    job: jobInCustody(custody),
  };
}
