import { ArchiveDigests } from '../identity/index.ts';
import type { ByteSource, Sink } from '../model/index.ts';
import type { RawChecksum } from '../pipeline/process.ts';
import { requiredPlan } from './plan.ts';
import { type ArchiveDigestReceipt, checkPlan, DIGEST_PATH, digestSchema, readRecord } from './records.ts';

export interface DigestInput {
  readonly source: ByteSource;
  readonly sink: Sink;
  /** The checksum S3 holds of the whole object. */
  readonly checksum?: RawChecksum | null;
  readonly signal?: AbortSignal | undefined;
}

/** Reads the archive from end to end for its digests: hashes cannot be taken of parts and joined, so this is one task. */
export async function digestArchive(input: DigestInput): Promise<ArchiveDigestReceipt> {
  const { source, sink, checksum = null, signal } = input;
  const { plan, digest } = await requiredPlan(sink);
  checkPlan(plan, source);
  const known = await readRecord(sink, DIGEST_PATH, digestSchema);
  if (known !== null && known.plan === digest) return known;
  const digests = new ArchiveDigests();
  for await (const chunk of source.read(0, source.size, signal)) {
    digests.update(chunk);
    checksum?.update(chunk);
  }
  const { size, sha256, sha384, md5 } = digests.finish();
  const checked = checksum === null ? [] : [findingOf(checksum)];
  const receipt: ArchiveDigestReceipt = { plan: digest, size, sha256, sha384, md5, checked };
  await sink.put(DIGEST_PATH, Buffer.from(`${JSON.stringify(receipt)}\n`));
  return receipt;
}

function findingOf(checksum: RawChecksum): ArchiveDigestReceipt['checked'][number] {
  const { check, severity, message, expected, found } = checksum.finding();
  return { check, severity, message, expected, found };
}
