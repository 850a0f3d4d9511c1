import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lint } from '../../src/produce/index.ts';
import { corpusMessages, present } from '../mime/corpora.ts';
import { silent } from '../verify/run.ts';
import { made } from './production.ts';

test.skipIf(!present)('every document of the corpora is produced with its octets', async () => {
  const entries = corpusMessages().map(({ name, path }) => ({ path: `Corpora/${name}`, bytes: readFileSync(path) }));
  const { result, sink } = await made({ anna: entries }, 'relativity', { dedupe: 'global' });
  // As many as have octets of their own in the manifest: attachments of no octets have them too.
  expect(result.families).toBe(entries.filter(({ bytes }) => bytes.length > 0).length);
  expect(result.documents).toBeGreaterThan(2000);
  expect(result.missingNatives).toBe(0);
  expect(await lint({ sink, profile: 'relativity', reporter: silent })).toEqual([]);
});
