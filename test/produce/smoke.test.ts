import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'vitest';
import { PROFILE_NAMES } from '../../src/produce/index.ts';
import { goldenMailbox } from './mailbox.ts';
import { made } from './production.ts';

test.each(PROFILE_NAMES)('%s', async (profile) => {
  const { files, result } = await made({ anna: goldenMailbox() }, profile, { dedupe: 'global', inclusive: true });
  console.log(profile, JSON.stringify({ ...result, files: result.files.length }));
  for (const [path, octets] of files) {
    const target = join('/tmp/prod', profile, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, octets);
  }
});
