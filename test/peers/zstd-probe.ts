/** Reads archives by the program's own readers, for another Node.js than the tests': a JSON line for each file named. */
import { createHash } from 'node:crypto';
import { openArchive, readBatch } from '../../src/archive/index.ts';
import { openFile } from '../../src/io/index.ts';
import { MailproofError } from '../../src/model/index.ts';

for (const path of process.argv.slice(2)) {
  const source = await openFile(path);
  try {
    const archive = await openArchive(source);
    const hash = createHash('sha256');
    let entries = 0;
    let accounted = 0;
    const issues: string[] = [];
    for await (const piece of archive.pieces()) {
      if (piece.kind !== 'batch') continue;
      for (const { entry, bytes, issues: found, used } of readBatch(archive.format, piece.batch)) {
        entries += 1;
        hash.update(`${entry.path}\n`).update(bytes ?? '');
        issues.push(...found.map(({ code }) => code));
        accounted += used.header + used.data + used.descriptor + used.gap;
      }
    }
    const { directory, gaps } = archive.account();
    for (const { start, end } of gaps) accounted += end - start;
    const findings = archive.findings.map(({ check, severity }) => `${severity} ${check}`);
    const balanced = accounted + directory === archive.totalBytes;
    const told = { format: archive.format, entries, digest: hash.digest('hex'), findings, issues, balanced };
    process.stdout.write(`${JSON.stringify(told)}\n`);
  } catch (error) {
    if (!(error instanceof MailproofError)) throw error;
    process.stdout.write(`${JSON.stringify({ code: error.code })}\n`);
  }
  await source.close();
}
