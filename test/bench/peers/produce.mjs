// A production as the library makes it: `produce.mjs MANIFEST ARCHIVE PROFILE [OUT]`. Without a folder it goes to a sink that
// takes the digest of what it is given and keeps nothing: what a production costs without its writing.
import { createHash, hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { folderSink, openFile } from '../../../dist/io/index.js';
import { ManifestReader } from '../../../dist/manifest/index.js';
import { produce } from '../../../dist/produce/index.js';

const [, , manifest, archive, profile, out] = process.argv;
let files = 0;
let octets = 0;
const nothing = () => undefined;
const nowhere = {
  location: 'nowhere',
  async put(_path, content) {
    files++;
    if (content instanceof Uint8Array) {
      octets += content.length;
      return { size: content.length, digest: `sha256:${hash('sha256', content, 'hex')}` };
    }
    const sha256 = createHash('sha256');
    let size = 0;
    for await (const chunk of content) {
      sha256.update(chunk);
      size += chunk.length;
    }
    octets += size;
    return { size, digest: `sha256:${sha256.digest('hex')}` };
  },
  open: nothing,
  list: nothing,
  remove: nothing,
};
const source = await openFile(archive);
const reader = await ManifestReader.open(folderSink(manifest));
await produce({
  manifests: [{ reader, source, custodian: 'anna' }],
  sink: out === undefined ? nowhere : folderSink(out),
  profile,
  options: { createdAt: '2026-01-01T00:00:00Z' },
  reporter: { progress: nothing, note: nothing, issue: nothing, finding: nothing },
});
await source.close();
writeFileSync(process.env.BENCH_RESULT, JSON.stringify({ files, octets }));
