// The floor: only what no reader can leave out. Each of N threads reads its share of the entries, inflates them with
// exact sizes, takes CRC-32 and SHA-256. No parsing, no output.
import { createHash } from 'node:crypto';
import { openSync, readSync, writeFileSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { crc32, inflateRawSync } from 'node:zlib';
import yauzl from 'yauzl';

if (isMainThread) {
  const [, , archive, threads] = process.argv;
  const zip = await yauzl.openPromise(archive, { lazyEntries: true });
  const entries = [];
  for await (const entry of zip.eachEntry()) {
    entries.push([
      entry.relativeOffsetOfLocalHeader,
      entry.compressedSize,
      entry.uncompressedSize,
      entry.compressionMethod,
    ]);
  }
  const begun = performance.now();
  const shares = Array.from({ length: Number(threads) }, (_, share) =>
    entries.filter((_, n) => n % Number(threads) === share),
  );
  const done = shares.map(
    (share) =>
      new Promise((resolve, reject) => {
        const worker = new Worker(new URL(import.meta.url), { workerData: { archive, share } });
        worker.once('error', reject);
        worker.once('exit', resolve);
      }),
  );
  await Promise.all(done);
  const octets = entries.reduce((sum, entry) => sum + entry[2], 0);
  writeFileSync(process.env.BENCH_RESULT, JSON.stringify({ seconds: (performance.now() - begun) / 1000, octets }));
} else {
  const { archive, share } = workerData;
  const file = openSync(archive, 'r');
  const header = Buffer.alloc(30);
  for (const [offset, stored, size, method] of share) {
    readSync(file, header, 0, 30, offset);
    const data = Buffer.allocUnsafeSlow(stored);
    readSync(file, data, 0, stored, offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28));
    const raw =
      method === 0 || size === 0
        ? data
        : inflateRawSync(data, { chunkSize: Math.max(64, size), maxOutputLength: size + 64 });
    crc32(raw);
    createHash('sha256').update(raw).digest();
  }
}
