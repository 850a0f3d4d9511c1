// A production as the library makes it: `produce.mjs MANIFEST ARCHIVE PROFILE OUT`.
import { folderSink, openFile } from '../../../dist/io/index.js';
import { ManifestReader } from '../../../dist/manifest/index.js';
import { produce } from '../../../dist/produce/index.js';

const [, , manifest, archive, profile, out] = process.argv;
const nothing = () => undefined;
const source = await openFile(archive);
const reader = await ManifestReader.open(folderSink(manifest));
await produce({
  manifests: [{ reader, source, custodian: 'anna' }],
  sink: folderSink(out),
  profile,
  options: { createdAt: '2026-01-01T00:00:00Z' },
  reporter: { progress: nothing, note: nothing, issue: nothing, finding: nothing },
});
await source.close();
