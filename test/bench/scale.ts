import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure } from './measure.ts';

/**
 * `npm run bench -- --scale 1,5,50`: exports of so many gigabytes that are computed while they are read and never lie on
 * disk, one message in 512 of 149 MB. Says what each costs, and its growth against the one before.
 */
export async function scale(gigabytes: readonly string[], messageOctets: string): Promise<void> {
  const script = join(process.cwd(), 'test/bench/peers/scale.mjs');
  console.log(
    `${'GB'.padStart(6)}${'items'.padStart(9)}${'s'.padStart(8)}${'MB/s'.padStart(8)}${'CPU s'.padStart(8)}${'peak MiB'.padStart(10)}`,
  );
  let before: { readonly seconds: number; readonly peak: number; readonly octets: number } | null = null;
  for (const size of gigabytes) {
    const out = mkdtempSync(join(tmpdir(), 'bench-scale-'));
    const { own, cpu, peak, exitCode } = await measure(process.execPath, [
      script,
      size,
      messageOctets,
      join(out, 'run'),
    ]);
    rmSync(out, { recursive: true });
    if (exitCode !== 0 || own === null) throw new Error(`reading ${size} GB ended with ${exitCode}`);
    const octets = own.octets ?? 0;
    const row = [
      size.padStart(6),
      String(own.messages ?? 0).padStart(9),
      own.seconds.toFixed(1).padStart(8),
      (octets / 1e6 / own.seconds).toFixed(1).padStart(8),
      (cpu?.toFixed(1) ?? '-').padStart(8),
      ((peak ?? 0) / 2 ** 20).toFixed(0).padStart(10),
    ];
    const growth =
      before === null
        ? ''
        : `   ${(octets / before.octets).toFixed(2)} times the octets: ${(own.seconds / before.seconds).toFixed(2)} times the time, ${((peak ?? 0) / before.peak).toFixed(2)} times the memory`;
    console.log(`${row.join('')}${growth}`);
    before = { seconds: own.seconds, peak: peak ?? 0, octets };
  }
}
