import { createWriteStream, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { generateMailbox, writeZip } from '../../src/sandbox/index.ts';
import { type Cost, measure } from './measure.ts';

/**
 * `npm run bench:produce -- [--messages 20000,100000] [--profile relativity] [--runs 3] [--out FOLDER]`: what a production costs
 * beside copying the same natives, in processor time (user and system: other work on the machine does not count), in turn.
 */
const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '20000,100000' },
    profile: { type: 'string', default: 'relativity' },
    runs: { type: 'string', default: '3' },
    out: { type: 'string', default: tmpdir() },
  },
});
/** Mail without much in it: the files are many, and their octets few. */
const SMALL = { seed: 1, averageBytes: 4000, attachments: 0.15 } as const;
const peers = join(process.cwd(), 'test/bench/peers');

/** A small mailbox's archive and its manifest, made once. */
async function mailbox(messages: number): Promise<{ readonly archive: string; readonly manifest: string }> {
  const name = join(tmpdir(), `mailproof-bench-small-${messages}`);
  const archive = `${name}.zip`;
  if (!existsSync(archive)) {
    await pipeline(writeZip(generateMailbox({ ...SMALL, messages })), createWriteStream(`${archive}.part`));
    renameSync(`${archive}.part`, archive);
  }
  // A manifest of another version's would be measured with this one's reader.
  rmSync(name, { recursive: true, force: true });
  const { exitCode } = await measure(process.execPath, [
    'dist/cli/main.js',
    'process',
    archive,
    '--out',
    name,
    '--quiet',
  ]);
  if (exitCode !== 0 && exitCode !== 3 && exitCode !== 10) throw new Error(`process ended with ${exitCode}`);
  return { archive, manifest: name };
}

const middle = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[numbers.length >> 1] ?? 0;

interface Costs {
  readonly whole: number;
  readonly natives: number;
  readonly copying: number;
  readonly writing: number;
}

async function compare(messages: number): Promise<Costs> {
  const { archive, manifest } = await mailbox(messages);
  const scratch = mkdtempSync(join(values.out, 'bench-produce-'));
  const whole: number[] = [];
  const natives: number[] = [];
  const run = async (...parameters: readonly string[]): Promise<Cost> => {
    const cost = await measure(process.execPath, parameters);
    if (cost.cpu === null || cost.exitCode !== 0) throw new Error(`${parameters[0]} ended with ${cost.exitCode}`);
    return cost;
  };
  const out = (name: string, round: number) => join(scratch, `${name}-${round}`);
  for (let round = 0; round < Number(values.runs); round++) {
    const produce = [join(peers, 'produce.mjs'), manifest, archive, values.profile, out('production', round)];
    whole.push((await run(...produce)).cpu ?? 0);
    natives.push((await run(join(peers, 'copy-natives.mjs'), archive, out('natives', round))).cpu ?? 0);
  }
  const first = out('production', 0);
  const said = JSON.parse(readFileSync(join(first, 'production.json'), 'utf8'));
  console.log(`\n${messages} messages: ${said.documents} documents, ${said.natives} natives, ${said.texts} texts`);
  const { own } = await run(join(peers, 'write-files.mjs'), first, join(scratch, 'files'), '3');
  // Only now: removing files makes ext4 slow to create others for some minutes.
  rmSync(scratch, { recursive: true });
  return { whole: middle(whole), natives: middle(natives), copying: own?.copy ?? 0, writing: own?.write ?? 0 };
}

console.log(`${cpus()[0]?.model}, Node ${process.version}, profile ${values.profile}, medians of ${values.runs} runs`);
let before: { readonly messages: number; readonly whole: number } | null = null;
for (const messages of values.messages.split(',').map(Number)) {
  const { whole, natives, copying, writing } = await compare(messages);
  const row = (name: string, seconds: number) => console.log(`${seconds.toFixed(2).padStart(8)} s  ${name}`);
  row('copying natives and texts of a finished production, 50,000 at most', copying);
  row('writing them as a production does, read back and held to their digests', writing);
  row('copying the natives out of the zip, one file an entry', natives);
  row('the whole production', whole);
  console.log(`${(writing / copying).toFixed(2).padStart(8)}    the writing to copying the same files (wanted: 1.5)`);
  console.log(`${(whole / natives).toFixed(2).padStart(8)}    the whole production to copying the natives`);
  if (before !== null) {
    const growth = whole / before.whole / (messages / before.messages);
    console.log(
      `${growth.toFixed(2).padStart(8)}    time a message, to that of ${before.messages} messages (linear: 1)`,
    );
  }
  before = { messages, whole };
}
