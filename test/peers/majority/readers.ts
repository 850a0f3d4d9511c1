import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Opinion } from './opinion.ts';

const HERE = import.meta.dirname;
/** Kept between runs: the GMime program and postal-mime are made once. */
const WORKSHOP = join(tmpdir(), 'mailproof-majority');
const POSTAL_MIME = 'postal-mime@2';

/** One of the five readers: its name and the command that reads a packed file; null where it cannot be had. */
export interface Reader {
  readonly name: string;
  readonly command: readonly string[] | null;
}

/** The readers, made ready. Says of each that is missing what would bring it. */
export function readers(): Reader[] {
  mkdirSync(WORKSHOP, { recursive: true });
  const found: Reader[] = [
    { name: 'mailparser', command: [process.execPath, join(HERE, 'mailparser-reader.mjs')] },
    {
      name: 'python',
      command: runs('python3', ['-c', 'import email']) ? ['python3', join(HERE, 'python-reader.py')] : null,
    },
    { name: 'gmime', command: gmime() },
    { name: 'perl', command: perl() },
    { name: 'postal-mime', command: postalMime() },
  ];
  return found;
}

/** Every opinion of a reader on the messages of a packed file, in their order. */
export function opinionsOf(reader: Reader, packed: string): Opinion[] {
  const [program = '', ...parameters] = reader.command ?? [];
  // postal-mime is given the folder it lies in; the others pass over it.
  const output = execFileSync(program, [...parameters, packed, WORKSHOP], {
    maxBuffer: 1024 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 240_000,
  });
  const lines = output.toString('utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Opinion);
}

/** Puts messages into one file: decimal length, line feed, octets; again and again. */
export function pack(messages: readonly Buffer[], name: string): string {
  const path = join(WORKSHOP, name);
  writeFileSync(path, Buffer.concat(messages.flatMap((message) => [Buffer.from(`${message.length}\n`), message])));
  return path;
}

/** Hard messages of the generator: the same count and seed give the same octets. */
export function generated(count: number, seed: number): Buffer[] {
  const path = join(WORKSHOP, `generated-${seed}.packed`);
  execFileSync('python3', [join(HERE, 'generate.py'), `${count}`, `${seed}`, path], { timeout: 120_000 });
  const file = readFileSync(path);
  const messages: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const feed = file.indexOf(10, at);
    const end = feed + 1 + Number(file.toString('latin1', at, feed));
    messages.push(file.subarray(feed + 1, end));
    at = end;
  }
  return messages;
}

function runs(program: string, parameters: readonly string[]): boolean {
  return spawnSync(program, parameters, { timeout: 30_000 }).status === 0;
}

function gmime(): readonly string[] | null {
  const program = join(WORKSHOP, 'gmime-reader');
  const flags = spawnSync('pkg-config', ['--cflags', '--libs', 'gmime-3.0']);
  if (flags.status !== 0) return missing('GMime', 'apt-get install libgmime-3.0-dev pkg-config gcc');
  const options = flags.stdout.toString().trim().split(/\s+/);
  if (!runs('cc', ['-O2', join(HERE, 'gmime-reader.c'), ...options, '-o', program]))
    return missing('GMime', 'a C compiler');
  return [program];
}

function perl(): readonly string[] | null {
  const modules = ['MIME::Parser', 'Email::Address::XS', 'Date::Parse'].map((module) => `-M${module}`);
  if (runs('perl', [...modules, '-e', '1'])) return ['perl', join(HERE, 'perl-reader.pl')];
  return missing('MIME::tools', 'apt-get install libmime-tools-perl libemail-address-xs-perl libtimedate-perl');
}

function postalMime(): readonly string[] | null {
  const command = [process.execPath, join(HERE, 'postal-mime-reader.mjs')];
  if (existsSync(join(WORKSHOP, 'node_modules/postal-mime'))) return command;
  writeFileSync(join(WORKSHOP, 'package.json'), '{"private":true}\n');
  const install = ['install', '--prefix', WORKSHOP, '--ignore-scripts', '--no-audit', '--no-fund', POSTAL_MIME];
  if (spawnSync('npm', install, { timeout: 60_000 }).status === 0) return command;
  return missing('postal-mime', `npm install --prefix ${tmpdir()}/mailproof-majority ${POSTAL_MIME}`);
}

function missing(name: string, remedy: string): null {
  console.warn(`skipped: the reader ${name} is not on this machine (${remedy})`);
  return null;
}
