// Reads a generated export that is never on disk: scale.mjs GIGABYTES MESSAGE_OCTETS OUT
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { folderSink } from '../../../dist/io/index.js';
import { processExport } from '../../../dist/pipeline/process.js';
import { WorkerPool } from '../../../dist/pipeline/worker-pool.js';
import { generatedZip } from './generated-zip.mjs';

const [, , gigabytes, messageSize, out] = process.argv;
const source = generatedZip(Number(gigabytes) * 1e9, Number(messageSize));
const silent = { progress() {}, note() {}, issue() {}, finding() {} };
const pool = new WorkerPool(availableParallelism());
const begun = performance.now();
const { root, findings } = await processExport({ source, sink: folderSink(out), pool, reporter: silent });
await pool.close();
if (!root.balanced || root.counts.entries !== source.count || findings.length > 0)
  throw new Error(
    `the generated export was not read whole: ${JSON.stringify([root.counts, source.count, findings[0]])}`,
  );
const seconds = (performance.now() - begun) / 1000;
writeFileSync(
  process.env.BENCH_RESULT,
  JSON.stringify({ seconds, messages: root.counts.items, octets: root.counts.nativeBytes }),
);
