import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';

const program = buildProgram(async () => undefined);

function* leaves(parent: Command, path: string): Generator<{ path: string; command: Command }> {
  for (const command of parent.commands) {
    const name = `${path} ${command.name()}`;
    if (command.commands.length > 0) yield* leaves(command, name);
    else yield { path: name, command };
  }
}

function help(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

test.each([...leaves(program, 'mailproof')])('$path --help has examples and exit codes', ({ path, command }) => {
  const text = help(command);
  expect(text).toContain('EXAMPLES\n  mailproof ');
  expect(text).toContain('EXIT STATUS\n  0        done');
  expect(text).toContain('--json');
  // An example that names another command would mislead.
  for (const [line] of text.slice(text.indexOf('EXAMPLES')).matchAll(/^ {2}mailproof .*$/gm)) {
    expect(line.trim().startsWith(path)).toBe(true);
  }
});

test('the program lists every command', () => {
  const text = help(program);
  for (const { path } of leaves(program, 'mailproof')) expect(text).toContain(path.split(' ')[1]);
  expect(text).toContain('130/143');
});
