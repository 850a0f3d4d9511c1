import { CUSTODY_PATH, REPORT_PATH, type Root, SUMS_PATH } from '../manifest/index.ts';
import { openIfThere, readIfThere, type Sink } from '../model/index.ts';
import { digestOf } from './record-pass.ts';
import { sha256SumLine, sha256SumLines } from './sha256-sum.ts';

/** Files that the root cannot list, being made from it or after it; `manifest-sha256.txt` lists them after its own. */
const LISTED_BESIDE: readonly string[] = [CUSTODY_PATH, REPORT_PATH];

/** The digest of a file of a run, `sha256:…`; null where it is not there. */
async function digestAt(sink: Sink, path: string, signal?: AbortSignal): Promise<string | null> {
  const file = await openIfThere(sink, path);
  if (file === null) return null;
  try {
    return (await digestOf(file, signal)).digest;
  } finally {
    await file.close();
  }
}

const textAt = async (sink: Sink, path: string): Promise<string | null> =>
  (await readIfThere(sink, path))?.toString() ?? null;

const pathIn = (line: string): string => line.slice(line.indexOf('  ') + 2);

/** Lists a file as it is now in `manifest-sha256.txt`. Does nothing where either is not there. */
export async function listBeside(sink: Sink, path: string, signal?: AbortSignal): Promise<void> {
  const [digest, sums] = [await digestAt(sink, path, signal), await textAt(sink, SUMS_PATH)];
  if (digest === null || sums === null) return;
  const others = sums.split('\n').filter((line) => line !== '' && pathIn(line) !== path);
  const lines = [...others.map((line) => `${line}\n`), sha256SumLine(digest, path)];
  await sink.put(SUMS_PATH, Buffer.from(lines.join('')));
}

/** What is wrong with `manifest-sha256.txt`, one sentence each; null where it is not there. */
export async function sumsFaults(
  sink: Sink,
  root: Root,
  rootDigest: string,
  signal?: AbortSignal,
): Promise<readonly string[] | null> {
  const sums = await textAt(sink, SUMS_PATH);
  if (sums === null) return null;
  const own = sha256SumLines(root, rootDigest);
  if (!sums.startsWith(own)) return [`${SUMS_PATH} does not list the files that manifest.json lists.`];
  const faults: string[] = [];
  const beside = sums.slice(own.length);
  let expected = '';
  for (const path of LISTED_BESIDE) {
    const digest = await digestAt(sink, path, signal);
    const listed = beside.split('\n').find((line) => pathIn(line) === path);
    if (listed !== undefined) expected += `${listed}\n`;
    const now = digest === null ? null : sha256SumLine(digest, path).trimEnd();
    if (listed === undefined && path === CUSTODY_PATH && now !== null) {
      faults.push(`${SUMS_PATH} does not list ${path}.`);
    } else if (listed !== undefined && now === null && path === CUSTODY_PATH) {
      faults.push(`${path} is not there, and ${SUMS_PATH} lists it.`);
    } else if (listed !== undefined && now !== null && listed !== now) {
      faults.push(`${path} is not the file that ${SUMS_PATH} lists: its digest differs.`);
    }
  }
  if (beside !== expected) faults.push(`${SUMS_PATH} lists what no run writes.`);
  return faults;
}
