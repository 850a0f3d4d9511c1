import type { Finding } from '../model/index.ts';
import { documents, type ProductionRun } from './run.ts';

/** Findings of one kind are named up to here; the rest is counted. */
const NAMED = 100;

/** Messages with one Message Identification Hash and different content: the same Message-ID stands for two mails. */
export async function findCollisions(run: ProductionRun): Promise<Finding[]> {
  /** 96 bits of the MIH to 48 bits of the content's hash. */
  const seen = new Map<string, number>();
  const findings: Finding[] = [];
  let more = 0;
  for await (const { part, record, controlNumber } of documents(run)) {
    const { mih, contentHash } = record.identity;
    if (part !== null || mih === null || contentHash === null) continue;
    const key = mih.slice(0, 24);
    const content = Number.parseInt(contentHash.slice(0, 12), 16);
    const known = seen.get(key);
    if (known === undefined) seen.set(key, content);
    else if (known !== content && findings.length < NAMED) {
      findings.push({
        check: 'mih-collision',
        severity: 'warning',
        message: `${controlNumber} has the Message-ID of an earlier message and other content.`,
        record: record.id,
        entry: record.source.entry,
      });
    } else if (known !== content) more++;
  }
  if (more > 0) findings.push({ check: 'mih-collision', severity: 'warning', message: `${more} more such messages.` });
  return findings;
}
