// The writing alone, `write-files.mjs PRODUCTION OUT ROUNDS`: the natives and texts of a finished production are copied, each read
// once and written once, and written as a production writes them, each read back and held to its SHA-256. In turn, in one
// process, in processor time. Nothing is removed in between: ext4 looks at each inode removed in the last minutes before it
// gives a new one, which would count for whoever comes next.
import { hash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { folderSink } from '../../../dist/io/index.js';
import { CheckedFiles } from '../../../dist/produce/checked-files.js';
import { sinkOutput } from '../../../dist/produce/output.js';

/** More cost the same each, and a round of them would be millions to remove. */
const FILES = 50_000;

const [, , production, out, rounds] = process.argv;
const paths = readdirSync(join(production, 'VOL001'), { recursive: true, withFileTypes: true })
  .filter((each) => each.isFile())
  .map((each) => join(each.parentPath, each.name).slice(production.length + 1))
  .sort()
  .slice(0, FILES);
const files = paths.map((path) => {
  const octets = readFileSync(join(production, path));
  // A native's digest is known from the manifest; a text's is not.
  return { path, octets, sha256: path.includes('/NATIVES/') ? hash('sha256', octets, 'hex') : undefined };
});

function copy(folder) {
  const made = new Set();
  for (const path of paths) {
    const content = readFileSync(join(production, path));
    const target = join(folder, path);
    if (!made.has(dirname(target))) mkdirSync(dirname(target), { recursive: true });
    made.add(dirname(target));
    const file = openSync(target, 'wx');
    writeSync(file, content);
    closeSync(file);
  }
}

async function write(folder) {
  const written = new CheckedFiles(sinkOutput(folderSink(folder), false));
  for (const { path, octets, sha256 } of files) await written.add(path, octets, sha256);
  await written.drain();
}

const times = { copy: [], write: [] };
for (let round = 0; round < Number(rounds); round++) {
  for (const [name, run] of Object.entries({ copy, write })) {
    const before = process.cpuUsage();
    await run(join(out, `${name}-${round}`));
    const { user, system } = process.cpuUsage(before);
    times[name].push((user + system) / 1e6);
  }
}
const middle = (list) => list.sort((one, other) => one - other)[list.length >> 1];
const own = { seconds: middle(times.write), copy: middle(times.copy), write: middle(times.write) };
writeFileSync(process.env.BENCH_RESULT, JSON.stringify({ ...own, files: files.length }));
