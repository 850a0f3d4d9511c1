import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

test('V8 knows every flag it is given: one that it does not know, it names on the terminal', () => {
  const module = resolve(import.meta.dirname, '../../dist/io/heap-growth.js');
  const program = `const { boundHeapGrowth, leaveCoresToNativeCode } = await import(${JSON.stringify(module)});
    boundHeapGrowth(); leaveCoresToNativeCode(); console.log('done');`;
  const run = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  expect([run.stdout, run.stderr, run.status]).toEqual(['done\n', '', 0]);
});
