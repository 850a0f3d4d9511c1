import { createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { generateMailbox, type MailboxEntry, writeZip } from '../../src/sandbox/index.ts';
import { measure } from '../bench/measure.ts';
import { BINARY, inFolder } from '../cli/binary.ts';

/** Octets. */
const EXPORT = 3_000_000_000;
const PEAK = 400 * 1024 * 1024;

test('3 GB are read in less than 400 MiB, and no message is lost', { timeout: 900_000 }, () =>
  inFolder(async (folder) => {
    const archive = join(folder, 'large.zip');
    let entries = 0;
    function* counted(): Generator<MailboxEntry> {
      for (const entry of generateMailbox({ seed: 1, messages: 33_600 })) {
        entries++;
        yield entry;
      }
    }
    // Stored and not deflated: the same octets to read in a tenth of the time to write.
    await pipeline(writeZip(counted(), { method: 'stored' }), createWriteStream(archive));
    expect((await stat(archive)).size).toBeGreaterThan(EXPORT);
    const cost = await measure(process.execPath, [BINARY, 'process', archive, '--out', join(folder, 'out'), '--quiet']);
    console.info(`3 GB: ${cost.seconds.toFixed(0)} s, peak ${((cost.peak ?? 0) / 2 ** 20).toFixed(0)} MiB`);
    expect(cost.exitCode).toBe(0);
    expect(cost.peak).toBeGreaterThan(0);
    expect(cost.peak).toBeLessThan(PEAK);
    const root: { counts: { entries: number; items: number }; balanced: boolean } = JSON.parse(
      await readFile(join(folder, 'out/manifest.json'), 'utf8'),
    );
    expect(root).toMatchObject({ balanced: true, counts: { entries } });
    expect(root.counts.items).toBeGreaterThanOrEqual(entries);
  }),
);
