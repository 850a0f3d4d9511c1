import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { generateMailbox } from '../src/sandbox/index.ts';
import { BINARY, inFolder } from './cli/binary.ts';
import { zipOf } from './pipeline/export.ts';

const ROOT = resolve(import.meta.dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

interface Block {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

const blocks: readonly Block[] = [...README.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => ({
  language: match[1] ?? '',
  text: match[2] ?? '',
  line: README.slice(0, match.index).split('\n').length,
}));
const of = (language: string) => blocks.filter((block) => block.language === language);

/** What differs from run to run: ids, digests, times, sizes of compressed data, ports, and the width they cause. */
const masked = (text: string): string =>
  text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replace(/\b[0-9a-f]{8}\b/g, 'ID')
    .replace(/sha256:[0-9a-f]+…?/g, 'DIGEST')
    .replace(/127\.0\.0\.1:\d+/g, 'HOST')
    .replace(/\/\S*\/mailproof-demo/g, 'mailproof-demo')
    .replace(/\d[\d.,]*/g, 'N')
    .replace(/\bN [kMG]?B\b/g, 'SIZE')
    .replace(/\b(N min )?N s\b/g, 'TIME')
    .replace(/^Reading .*\n/gm, '')
    .replace(/ +/g, ' ');

test('the first commands are those of package.json', () => {
  const scripts = Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts);
  for (const [, script] of README.matchAll(/npm (?:run )?(start|test|bench|[a-z:]+)(?=[\s`])/g)) {
    if (script !== undefined && !['ci', 'run', 'pack'].includes(script)) expect(scripts).toContain(script);
  }
});

test('npm start prints what the README says it prints', () =>
  inFolder(async (folder) => {
    const shown = /<!-- demo -->\n```text\n([\s\S]*?)```/.exec(README)?.[1] ?? 'no demo';
    const run = spawnSync('bash', ['-c', `"${process.execPath}" "${BINARY}" demo 2>&1`], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder },
    });
    expect(run.status).toBe(0);
    expect(masked(run.stdout)).toBe(masked(shown));
  }));

test('every console block runs, in order, in one folder', () =>
  inFolder(async (folder) => {
    const archive = await zipOf(generateMailbox({ seed: 5, messages: 25, averageBytes: 4000 }));
    writeFileSync(join(folder, 'export.zip'), archive);
    for (const block of of('console')) {
      for (const [, command] of block.text.matchAll(/^\$ (.*)$/gm)) {
        const run = spawnSync('bash', ['-c', `mailproof() { "${process.execPath}" "${BINARY}" "$@"; }; ${command}`], {
          cwd: folder,
          encoding: 'utf8',
          env: { PATH: process.env['PATH'], HOME: folder, NO_COLOR: '1' },
        });
        // 10: whole as far as can be seen; these archives have no witness.
        expect([0, 10], `README line ${block.line}: ${command}\n${run.stderr}`).toContain(run.status);
        expect(run.stdout).not.toBe('');
      }
    }
  }));

test.each(of('json'))('the JSON at line $line is JSON', ({ text }) => {
  expect(JSON.parse(text)).toBeTypeOf('object');
});

test.each(of('ts'))('the library example at line $line prints what it says', ({ text }) => {
  // Within the package, so that `mailproof` is found by its own name and its `exports`.
  const file = join(ROOT, `.readme-example-${process.pid}.mjs`);
  writeFileSync(file, text);
  const run = spawnSync(process.execPath, [file], { encoding: 'utf8', cwd: ROOT });
  rmSync(file);
  expect(run.stderr).toBe('');
  const expected = [...text.matchAll(/^\/\/ → (.*)$/gm)].map((match) => match[1]);
  expect(run.stdout.trim().split('\n')).toEqual(expected);
});

test('every command and every exit code of the program is in the README', () => {
  const help = spawnSync(process.execPath, [BINARY, '--help'], { encoding: 'utf8' }).stdout;
  const commands = [...help.slice(help.indexOf('Commands:')).matchAll(/^ {2}([a-z]+)/gm)].map((match) => match[1]);
  for (const command of commands.slice(0, commands.indexOf('help'))) expect(README).toContain(`\`${command}`);
  for (const [, code] of help.slice(help.indexOf('EXIT STATUS')).matchAll(/^ {2}(\d+)/gm)) {
    expect(README).toMatch(new RegExp(`\\| ${code}`));
  }
});
