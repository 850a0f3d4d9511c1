import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { corpus } from './corpus.ts';
import { type Cost, measure, median } from './measure.ts';
import { scale } from './scale.ts';
import { withObject } from './served-object.ts';

/**
 * `npm run bench -- [--messages 20000] [--seed 1] [--runs 3]`: Mailproof and its peers on the same generated mailbox, in
 * turn, in one run. A peer that is not on the machine is left out and said to be. `--scale 1,5,50 [--octets 90000]`:
 * generated exports of so many gigabytes and of so large messages instead.
 */
const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '3' },
    scale: { type: 'string' },
    octets: { type: 'string', default: '90000' },
  },
});
if (values.scale !== undefined) {
  await scale(values.scale.split(','), values.octets);
  process.exit();
}
const peers = join(process.cwd(), 'test/bench/peers');
const threads = String(availableParallelism());
const { archive, packed } = await corpus(Number(values.seed), Number(values.messages));
// Whoever came first would else pay for the disk.
for (const path of [archive, packed]) for await (const _ of createReadStream(path));
const scratch = mkdtempSync(join(tmpdir(), 'bench-out-'));
const output = () => join(scratch, String(Math.random()));

interface Contestant {
  readonly name: string;
  readonly group: 'export' | 'parse';
  readonly run: () => Promise<Cost>;
}
const node = (script: string, ...parameters: readonly string[]) =>
  measure(process.execPath, [join(peers, script), ...parameters]);
const cli = (source: string, workers: string, environment: Readonly<Record<string, string>> = {}) =>
  measure(
    process.execPath,
    ['dist/cli/main.js', 'process', source, '--out', output(), '--quiet', '--workers', workers],
    environment,
  );
const contestants: Contestant[] = [
  { name: `mailproof process, ${threads} threads`, group: 'export', run: () => cli(archive, threads) },
  { name: 'mailproof process, 1 thread', group: 'export', run: () => cli(archive, '1') },
  {
    name: `mailproof process from the sandbox's S3, ${threads} threads`,
    group: 'export',
    run: () => withObject(archive, ({ source, environment }) => cli(source, threads, environment)),
  },
  {
    name: `floor, ${threads} threads (inflate + CRC-32 + SHA-256)`,
    group: 'export',
    run: () => node('floor.mjs', archive, threads),
  },
  { name: 'yauzl + mailparser', group: 'export', run: () => node('yauzl-mailparser.mjs', archive, output()) },
  { name: 'mailproof parseMessage', group: 'parse', run: () => node('mailproof-parse.mjs', packed) },
  { name: 'mailparser (streaming)', group: 'parse', run: () => node('mailparser-stream.mjs', packed) },
];
if (spawnSync('python3', ['--version']).status === 0) {
  const run = () => measure('python3', [join(peers, 'mail.py'), archive, output()]);
  contestants.push({ name: 'Python zipfile + email', group: 'export', run });
} else console.log('left out: python3 is not installed');
for (const [digests, flags] of [
  ['GLib', '-DGLIB $(pkg-config --cflags --libs gmime-3.0)'],
  ['OpenSSL', '$(pkg-config --cflags --libs gmime-3.0 libcrypto)'],
] as const) {
  const gmime = join(scratch, `gmime-${digests}`);
  const compile = `cc -O2 "${peers}/gmime.c" ${flags} -o "${gmime}"`;
  if (spawnSync('sh', ['-c', compile], { stdio: 'ignore' }).status === 0) {
    contestants.push({ name: `GMime (C), ${digests}'s digests`, group: 'parse', run: () => measure(gmime, [packed]) });
  } else console.log('left out: GMime; apt-get install libgmime-3.0-dev libssl-dev pkg-config gcc');
}

const costs = new Map<string, Cost[]>(contestants.map(({ name }) => [name, []]));
for (let run = 0; run < Number(values.runs); run++) {
  for (const { name, run: measured } of contestants) costs.get(name)?.push(await measured());
}
const raw = { export: 0, parse: 0 };
for (const { name, group } of contestants) {
  for (const { own } of costs.get(name) ?? []) if (own?.octets !== undefined) raw[group] = own.octets;
}
console.log(`${cpus()[0]?.model}, ${threads} cores, Node ${process.version}, medians of ${values.runs} runs`);
console.log(
  `${values.messages} messages, ${(raw.export / 1e9).toFixed(2)} GB raw, ${(statSync(archive).size / 1e9).toFixed(2)} GB zip`,
);
for (const group of ['export', 'parse'] as const) {
  const rows = contestants.filter((contestant) => contestant.group === group);
  const speed = (cost: Cost) => raw[group] / 1e6 / (cost.own ?? cost).seconds;
  const first = median(costs.get(rows[0]?.name ?? '') ?? []);
  console.log(`\n${'MB/s raw'.padStart(10)}${'ratio'.padStart(8)}${'CPU s'.padStart(8)}${'peak MiB'.padStart(10)}`);
  for (const { name } of rows) {
    const cost = median(costs.get(name) ?? []);
    const cells = [
      speed(cost).toFixed(1).padStart(10),
      (speed(first) / speed(cost)).toFixed(2).padStart(8),
      (cost.cpu?.toFixed(1) ?? '-').padStart(8),
      (cost.peak === null ? '-' : (cost.peak / 2 ** 20).toFixed(0)).padStart(10),
    ];
    console.log(`${cells.join('')}  ${name}`);
  }
}
rmSync(scratch, { recursive: true });
