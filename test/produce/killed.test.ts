import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateMailbox, writeZip } from '../../src/sandbox/index.ts';
import { mailproof } from '../cli/binary.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailproof-killed-'));
  const mail = generateMailbox({ seed: 8, messages: 1800, averageBytes: 3000, attachments: 0.2 });
  await pipeline(writeZip(mail), createWriteStream(join(folder, 'export.zip')));
  await mailproof(['process', 'export.zip', '--out', 'evidence', '--quiet'], { folder });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const MARKER = 'production.unfinished.json';
const names = (production: string, below: string): string[] => {
  const path = join(folder, production, below);
  return existsSync(path) ? readdirSync(path) : [];
};
const produce = (out: string, profile: string, during?: Parameters<typeof mailproof>[1]['during']) =>
  mailproof(['produce', 'evidence', '--profile', profile, '--out', out, '--quiet'], {
    folder,
    ...(during !== undefined && { during }),
  });

/** Every file of a folder, hidden ones too, with its digest. */
const tree = (production: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(folder, production), { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name))
      .sort()
      .map((path) => [
        path.slice(join(folder, production).length),
        createHash('sha256').update(readFileSync(path)).digest('hex'),
      ]),
  );

/** Kills a production as soon as `seen` finds the folder so far. */
async function killed(out: string, profile: string, seen: (production: string) => boolean): Promise<void> {
  const ended = await produce(out, profile, (child) => {
    const watch = setInterval(() => {
      if (seen(out)) child.kill('SIGKILL');
    }, 1);
    child.once('close', () => clearInterval(watch));
  });
  expect(ended.signal).toBe('SIGKILL');
}

type Moment = readonly [moment: string, seen: (production: string) => boolean];
const MOMENTS: readonly Moment[] = [
  ['when its folder is there', (out) => existsSync(join(folder, out))],
  ['when it has begun', (out) => names(out, '').includes(MARKER)],
  ['at its first native', (out) => names(out, 'VOL001/NATIVES/0001').length > 0],
  ['in its second thousand', (out) => names(out, 'VOL001/NATIVES/0002').length > 0],
];

test('killed at several moments and run again, it ends with the same octets', { timeout: 240_000 }, async () => {
  await produce('whole', 'relativity');
  const whole = tree('whole');
  expect(Object.keys(whole).length).toBeGreaterThan(3000);
  for (const [moment, seen] of MOMENTS) {
    const out = `killed ${moment}`;
    await killed(out, 'relativity', seen);
    const lint = await mailproof(['lint', out, '--quiet'], { folder });
    // Where not even the marker is there, there is nothing to be linted.
    expect(lint.code, moment).toBe(names(out, '').includes(MARKER) ? 4 : 5);
    const again = await produce(out, 'relativity');
    expect(again.code, again.err).toBe(0);
    expect(tree(out), moment).toEqual(whole);
  }
  const linted = await mailproof(['lint', 'whole', '--profile', 'relativity', '--quiet'], { folder });
  expect(linted.code, linted.err).toBe(0);
});

test('killed again and again, it ends all the same; a Mailbag keeps its time', { timeout: 240_000 }, async () => {
  const written = (): number =>
    existsSync(join(folder, 'bag')) ? readdirSync(join(folder, 'bag'), { recursive: true }).length : 0;
  let createdAt = '';
  for (let time = 0; time < 3; time++) {
    const before = written();
    await killed('bag', 'mailbag', () => names('bag', '').includes(MARKER) && written() > before);
    const marker = readFileSync(join(folder, 'bag', MARKER), 'utf8');
    createdAt ||= marker;
    expect(marker).toBe(createdAt);
  }
  expect((await produce('bag', 'mailbag')).code).toBe(0);
  const time: unknown = Reflect.get(JSON.parse(createdAt), 'createdAt');
  const made = ['produce', 'evidence', '--profile', 'mailbag', '--out', 'bag whole', '--created', String(time)];
  expect((await mailproof([...made, '--quiet'], { folder })).code).toBe(0);
  expect(tree('bag')).toEqual(tree('bag whole'));
});
