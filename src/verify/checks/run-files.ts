import { CUSTODY_PATH, descriptorsOf, ROOT_PATH, SUMS_PATH, WORK_PREFIX } from '../../manifest/index.ts';
import type { Finding } from '../../model/index.ts';
import type { Check, CheckContext, FileRead } from '../check.ts';
import { FindingList, finding } from '../finding-list.ts';
import { readListed } from '../record-pass.ts';
import { sumsFaults } from '../sums-beside.ts';

/** Files that lie beside a run and that the root cannot list, being made from it. */
const BESIDE: ReadonlySet<string> = new Set([ROOT_PATH, CUSTODY_PATH, SUMS_PATH, 'verdict.json']);
const BESIDE_PATTERN = /^(report|tables|timestamp|declaration|custody|verify|search)[./-]/;

const aheadKey = (path: string, size: number): string => `${size} ${path}`;

async function fileRead(context: CheckContext, path: string, size: number): Promise<FileRead> {
  for (const known of [context.filesRead.get(path), context.filesAhead.get(aheadKey(path, size))]) {
    if (known !== undefined) return known;
  }
  return readListed(context.manifest, path, size, context.signal);
}

/** Every file the root lists is there, as long as it says and with the digest it says. */
export const runFiles: Check = {
  name: 'run-files',
  async ahead({ manifest, filesAhead, signal }) {
    const shards = new Set(manifest.root.shards.map(({ records }) => records.annotations?.['path']));
    for (const { path, descriptor } of descriptorsOf(manifest.root)) {
      const { size } = descriptor;
      // The records are read by whoever wants records.
      if (shards.has(path)) continue;
      filesAhead.set(aheadKey(path, size), await readListed(manifest, path, size, signal));
    }
  },
  async *run(context): AsyncGenerator<Finding> {
    const findings = new FindingList('run-files');
    for (const { path, descriptor } of descriptorsOf(context.manifest.root)) {
      const read = await fileRead(context, path, descriptor.size);
      const about = { entry: path };
      if (read === null) findings.add('error', `${path} is not there.`, about);
      else if (read.size !== descriptor.size) {
        const message = `${path} has ${read.size} octets; the manifest says ${descriptor.size}.`;
        findings.add('error', message, { ...about, expected: `${descriptor.size}`, found: `${read.size}` });
      } else if (read.digest !== descriptor.digest) {
        const message = `${path} is not the file the manifest lists: its digest differs.`;
        findings.add('error', message, { ...about, expected: descriptor.digest, found: read.digest });
      }
    }
    yield* findings;
  },
};

/** Nothing lies among the run's files that nobody lists. */
export const unlistedFiles: Check = {
  name: 'unlisted-files',
  async *run({ manifest }): AsyncGenerator<Finding> {
    const findings = new FindingList('unlisted-files');
    const listed = new Set([...descriptorsOf(manifest.root)].map(({ path }) => path));
    for await (const { path } of manifest.sink.list('')) {
      if (listed.has(path) || BESIDE.has(path) || BESIDE_PATTERN.test(path)) continue;
      const message = path.startsWith(WORK_PREFIX)
        ? `${path} is left from a run that was interrupted after its end.`
        : `${path} is listed by no manifest.`;
      findings.add('warning', message, { entry: path });
    }
    yield* findings;
  },
};

/** The root is the one that was noted elsewhere. Everything else hangs on it. */
export const rootDigest: Check = {
  name: 'root-digest',
  unable: (context) =>
    context.rootDigest === null ? 'no digest of manifest.json was noted elsewhere to compare with' : null,
  *run({ manifest, rootDigest: noted }) {
    const found = `sha256:${manifest.digest}`;
    const expected = noted === null || noted.startsWith('sha256:') ? (noted ?? '') : `sha256:${noted}`;
    if (found === expected.toLowerCase()) return;
    const message = `${ROOT_PATH} is not the one that was noted: its digest differs.`;
    yield { check: 'root-digest', severity: 'error', message, expected, found };
  },
};

/**
 * What `sha256sum -c` reads names the same files and the same root, the custody record and the report: whoever alters one
 * of them has two files to alter.
 */
export const sumsFile: Check = {
  name: 'sums-file',
  async *run({ manifest, signal }): AsyncGenerator<Finding> {
    const faults = await sumsFaults(manifest.sink, manifest.root, manifest.digest, signal);
    const about = { entry: SUMS_PATH };
    if (faults === null) {
      yield finding('sums-file', 'info', `${SUMS_PATH} is not there: only Mailproof can check this run.`, about);
      return;
    }
    for (const message of faults) yield finding('sums-file', 'error', message, about);
  },
};
