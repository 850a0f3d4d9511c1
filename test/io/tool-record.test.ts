import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readToolRecord } from '../../src/io/tool-record.ts';
import { inFolder } from '../cli/binary.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

async function installed(folder: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}
const PACKAGE = JSON.stringify({ name: 'mailproof', version: '1.0.0', dependencies: { zod: '4', '@aws/a': '3' } });
const TOOL = 'node_modules/mailproof';
const FILES = {
  [`${TOOL}/package.json`]: PACKAGE,
  [`${TOOL}/dist/io/tool-record.js`]: 'a',
  [`${TOOL}/dist/b.js`]: 'b',
  [`${TOOL}/dist/b.d.ts`]: 'declared',
  [`${TOOL}/dist/lambda/c.mjs`]: 'c',
  [`${TOOL}/node_modules/zod/package.json`]: '{"name":"zod","version":"4.1.0"}',
  'node_modules/@aws/a/package.json': '{"name":"@aws/a","version":"3.2.1"}',
  'node_modules/zod/package.json': '{"name":"zod","version":"3.0.0"}',
  'node_modules/.package-lock.json': JSON.stringify({
    packages: {
      'node_modules/@aws/a': { version: '3.2.1', integrity: 'sha512-A==' },
      'node_modules/zod': { version: '3.0.0', integrity: 'sha512-other==' },
    },
  }),
};
const SELF = `${TOOL}/dist/io/tool-record.js`;

test('the digest is that of what sha256sum prints, and packages are found as Node finds them', async () => {
  await inFolder(async (folder) => {
    await installed(folder, FILES);
    const record = await readToolRecord(join(folder, SELF));
    const lines = `${sha256('b')}  dist/b.js\n${sha256('a')}  dist/io/tool-record.js\n`;
    expect(record).toEqual({
      digest: `sha256:${sha256(lines)}`,
      listed: 'dist/**',
      files: 2,
      dependencies: [
        {
          name: '@aws/a',
          version: '3.2.1',
          integrity: 'sha512-A==',
          packageJson: `sha256:${sha256(FILES['node_modules/@aws/a/package.json'] ?? '')}`,
        },
        {
          name: 'zod',
          version: '4.1.0',
          integrity: null,
          packageJson: `sha256:${sha256(FILES[`${TOOL}/node_modules/zod/package.json`] ?? '')}`,
        },
      ],
    });
    expect(await readToolRecord(join(folder, SELF))).toEqual(record);
  });
});

test.each([
  ['an octet altered', { [`${TOOL}/dist/b.js`]: 'B' }],
  ['a file added', { [`${TOOL}/dist/z.js`]: '' }],
])('another tool, another digest: %s', async (_, files) => {
  await inFolder(async (folder) => {
    await installed(folder, FILES);
    const before = await readToolRecord(join(folder, SELF));
    await installed(folder, files);
    expect((await readToolRecord(join(folder, SELF))).digest).not.toBe(before.digest);
  });
});

test('a bundle lies in no package: its own files are the tool', async () => {
  await inFolder(async (folder) => {
    await installed(folder, { 'lambda/lambda.mjs': 'x', 'lambda/chunk-1.mjs': 'y' });
    expect(await readToolRecord(join(folder, 'lambda/chunk-1.mjs'))).toEqual({
      digest: `sha256:${sha256(`${sha256('y')}  chunk-1.mjs\n${sha256('x')}  lambda.mjs\n`)}`,
      listed: '*.mjs',
      files: 2,
      dependencies: null,
    });
  });
});

test('of this checkout: every dependency there is, with what the lock says', async () => {
  const root = resolve(import.meta.dirname, '../..');
  const { dependencies } = await readToolRecord(join(root, 'src/io/tool-record.ts'));
  const { dependencies: named } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  expect((dependencies ?? []).map(({ name, version }) => [name, version])).toEqual(
    Object.keys(named)
      .sort((one, other) => (one < other ? -1 : 1))
      .map((name) => [name, named[name]]),
  );
  expect((dependencies ?? []).every(({ integrity }) => integrity === null || integrity.startsWith('sha512-'))).toBe(
    true,
  );
});
