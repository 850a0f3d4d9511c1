import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lint, PROFILE_NAMES } from '../../src/produce/index.ts';
import { silent } from '../verify/run.ts';
import { goldenMailbox } from './mailbox.ts';
import { made } from './production.ts';

const GOLDEN = join(import.meta.dirname, '../../fixtures/productions');
/** `MAILPROOF_GOLDEN=write npx vitest run test/produce/golden.test.ts` makes them anew. */
const WRITE = process.env['MAILPROOF_GOLDEN'] === 'write';

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');
/** Files kept whole, so that a change can be read; of the others only the digest is kept. */
const isKept = (path: string): boolean =>
  /^[^/]+\.(?:dat|csv|xml|json|jsonl|txt)$/.test(path) || path.endsWith('attachments.csv');

/** A production names its manifest's digest, which every field that records gain changes: no golden file of a production's own. */
const withoutManifest = (path: string, octets: Uint8Array): Uint8Array =>
  path === 'production.json'
    ? Buffer.from(
        Buffer.from(octets)
          .toString()
          .replace(/"manifest": "sha256:[0-9a-f]{64}"/g, '"manifest": "sha256:…"'),
      )
    : octets;

describe.each(PROFILE_NAMES)('the golden production for %s', (profile) => {
  const options = { dedupe: 'global', inclusive: true, prefix: 'GOLD' } as const;

  test('is as it was', async () => {
    const produced = await made({ anna: goldenMailbox() }, profile, options);
    const files = new Map([...produced.files].map(([path, octets]) => [path, withoutManifest(path, octets)]));
    const list = [...files]
      .map(([path, octets]) => `${sha256(octets)}  ${path}\n`)
      .sort((one, other) => (one.slice(66) < other.slice(66) ? -1 : 1));
    const folder = join(GOLDEN, profile);
    if (WRITE) {
      rmSync(folder, { recursive: true, force: true });
      for (const [path, octets] of files) {
        if (!isKept(path)) continue;
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), octets);
      }
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'FILES.sha256'), list.join(''));
    }
    for (const [path, octets] of files) {
      if (!isKept(path)) continue;
      expect(existsSync(join(folder, path)), `${path} is a golden file`).toBe(true);
      expect(Buffer.from(octets).toString(), path).toBe(readFileSync(join(folder, path), 'utf8'));
    }
    expect(list.join('')).toBe(readFileSync(join(folder, 'FILES.sha256'), 'utf8'));
  });

  test('keeps the rules', async () => {
    const { sink } = await made({ anna: goldenMailbox() }, profile, options);
    expect(await lint({ sink, profile, reporter: silent })).toEqual([]);
  });
});
