import { createWriteStream, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { generateMailbox, writeZip } from '../../src/sandbox/index.ts';
import { measure } from './measure.ts';

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

async function compare(messages: number): Promise<Readonly<Record<string, number>>> {
  const { archive, manifest } = await mailbox(messages);
  const times = new Map<string, number[]>();
  const run = async (name: string, ...parameters: readonly string[]): Promise<void> => {
    const { cpu, exitCode } = await measure(process.execPath, parameters);
    if (cpu === null || (exitCode !== 0 && exitCode !== 3)) throw new Error(`${name} ended with ${exitCode}`);
    times.set(name, [...(times.get(name) ?? []), cpu]);
  };
  for (let round = 0; round < Number(values.runs); round++) {
    const scratch = mkdtempSync(join(values.out, 'bench-produce-'));
    const out = (name: string) => join(scratch, name);
    const produce = [join(peers, 'produce.mjs'), manifest, archive, values.profile];
    await run('whole', ...produce, out('production'));
    await run('nowhere', ...produce);
    await run('natives', join(peers, 'copy-natives.mjs'), archive, out('natives'));
    await run('files', join(peers, 'copy-files.mjs'), out('production'), out('files'));
    if (round === 0) {
      const { documents, natives, texts } = JSON.parse(
        readFileSync(join(out('production'), 'production.json'), 'utf8'),
      );
      console.log(`\n${messages} messages: ${documents} documents, ${natives} natives, ${texts} texts`);
    }
    rmSync(scratch, { recursive: true });
  }
  return Object.fromEntries([...times].map(([name, list]) => [name, middle(list)]));
}

console.log(`${cpus()[0]?.model}, Node ${process.version}, profile ${values.profile}, medians of ${values.runs} runs`);
let before: { readonly messages: number; readonly whole: number } | null = null;
for (const messages of values.messages.split(',').map(Number)) {
  const { whole = 0, nowhere = 0, natives = 0, files = 0 } = await compare(messages);
  const writing = whole - nowhere;
  const row = (name: string, seconds: number) => console.log(`${seconds.toFixed(2).padStart(8)} s  ${name}`);
  row('copying the natives out of the zip, one file an entry', natives);
  row('copying the natives and texts of a finished production', files);
  row('the production', whole);
  row('the same, written nowhere', nowhere);
  console.log(`${(writing / files).toFixed(2).padStart(8)}    the writing to copying the same files (wanted: 1.5)`);
  console.log(`${(whole / natives).toFixed(2).padStart(8)}    the whole production to copying the natives`);
  if (before !== null) {
    const growth = whole / before.whole / (messages / before.messages);
    console.log(
      `${growth.toFixed(2).padStart(8)}    time a message, to that of ${before.messages} messages (linear: 1)`,
    );
  }
  before = { messages, whole };
}
