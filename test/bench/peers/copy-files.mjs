// The floor of the writing alone: every native and text of a finished production copied to a file of the same path, each octet
// read once and written once. The same files, from files: nothing is inflated, parsed, hashed or synced.
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const [, , production, output] = process.argv;
let octets = 0;
let files = 0;
const copy = (folder) => {
  mkdirSync(join(output, folder), { recursive: true });
  for (const each of readdirSync(join(production, folder), { withFileTypes: true })) {
    const path = join(folder, each.name);
    if (each.isDirectory()) {
      copy(path);
      continue;
    }
    const content = readFileSync(join(production, path));
    const target = openSync(join(output, path), 'wx');
    writeSync(target, content);
    closeSync(target);
    octets += content.length;
    files++;
  }
};
copy('VOL001');
writeFileSync(process.env.BENCH_RESULT, JSON.stringify({ files, octets }));
