import { z } from 'zod';
import { type ManifestReader, ROOT_PATH } from '../../manifest/index.ts';
import type { Finding } from '../../model/index.ts';
import { compareManifests } from '../compare/compare-manifests.ts';
import { FindingList } from '../finding-list.ts';
import type { Witness } from '../witness.ts';

/** What an earlier manifest of the same mailbox says: everything it held is here still, or what is not. */
export async function compareWithEarlier(
  earlier: ManifestReader,
  manifest: ManifestReader,
  signal?: AbortSignal,
): Promise<{ findings: readonly Finding[]; witness: Witness }> {
  const findings = new FindingList('earlier-manifest');
  if (earlier.root.archive.sha256 === manifest.root.archive.sha256) {
    const message =
      'The earlier manifest is of this very archive: what the export lacks, it lacks too. It is no witness.';
    findings.add('warning', message);
    return { findings: [...findings], witness: { name: 'earlier manifest', agrees: null, reading: null } };
  }
  const summary = await compareManifests(earlier, manifest, {
    ...(signal !== undefined && { signal }),
    onItem({ sign, entry, folder, record, note }) {
      const about = { entry, ...(record !== null && { record }) };
      if (sign === '-') findings.add('error', `${entry} was in the earlier manifest and is not in this one.`, about);
      else if (sign === '!') findings.add('error', `${entry}: ${note ?? 'it cannot be read'}.`, about);
      else if (sign === '*') findings.add('warning', `${entry} in ${folder} is not what it was.`, about);
    },
  });
  const altered = [...summary.altered.earlier, ...(await rootFault(earlier))];
  for (const fault of altered) findings.add('warning', `The earlier manifest was altered: ${fault}`);
  const { same, missing, unreadable, changed, added } = summary;
  const held = same + missing + changed;
  const reading = `${same} of ${held} items are the same, ${changed} changed, ${missing} missing, ${added} new`;
  // A manifest of nothing has seen nothing, and one that knew less than half of what is here cannot speak for the rest.
  const knowsEnough = held > 0 && held >= added;
  const agrees = missing + unreadable > 0 ? false : knowsEnough && altered.length === 0 ? true : null;
  if (agrees === null && !knowsEnough) {
    findings.add('warning', `The earlier manifest is no witness: it held ${held} items, and ${added} here are new.`);
  }
  return { findings: [...findings], witness: { name: 'earlier manifest', agrees, reading } };
}

const rootNoted = z.object({ manifest: z.object({ digest: z.string() }) });

/** The root is the one its own custody record noted: who takes items out of a shard has to take them out of the root too. */
async function rootFault(manifest: ManifestReader): Promise<string[]> {
  const checked = rootNoted.safeParse(await manifest.custody());
  const noted = checked.success ? checked.data.manifest.digest.replace(/^sha256:/, '').toLowerCase() : null;
  if (noted === null || noted === manifest.digest) return [];
  return [`${ROOT_PATH} is not the one that its custody record notes.`];
}
