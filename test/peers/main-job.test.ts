import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { folderSink } from '../../src/io/index.ts';
import { ManifestReader } from '../../src/manifest/index.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { inFolder, mailproof } from '../cli/binary.ts';
import { corpusEntries, present } from '../corpora/corpora.ts';
import { zipOf } from '../pipeline/export.ts';
import { radosgwMissing, startRadosgw } from './radosgw/start.ts';

const missing = radosgwMissing();
if (missing !== null) console.warn(`skipped: ${missing}`);
const python = spawnSync('python3', ['--version']).status === 0;
if (!python) console.warn('skipped: python3 is not installed');
const archive = present ? await zipOf(corpusEntries()) : new Uint8Array();

test.skipIf(!present || missing !== null)('the corpora through radosgw and through the sandbox: one manifest', () =>
  inFolder(async (folder) => {
    const gateway = await startRadosgw();
    const sandbox = await startSandbox();
    try {
      const roots = [];
      const places = [
        { name: 'radosgw', endpoint: gateway.endpoint, credentials: gateway.credentials, key: gateway.keyArn },
        { name: 'sandbox', endpoint: sandbox.endpoint, credentials: sandbox.credentials, key: sandbox.keyArn },
      ];
      for (const { name, endpoint, credentials, key } of places) {
        const s3 = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true });
        await s3.send(new CreateBucketCommand({ Bucket: 'corpora' }));
        const encryption = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key } as const;
        await s3.send(new PutObjectCommand({ Bucket: 'corpora', Key: 'mail/all.zip', Body: archive, ...encryption }));
        s3.destroy();
        const environment = {
          AWS_ENDPOINT_URL_S3: endpoint,
          // radosgw has no KMS of its own to ask: the sandbox answers for the key, which bears the same ARN.
          AWS_ENDPOINT_URL_KMS: sandbox.endpoint,
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          AWS_REGION: 'us-east-1',
        };
        const run = (...parameters: readonly string[]) => mailproof(parameters, { folder, environment });
        const source = 's3://corpora/mail/all.zip';
        const local = await run('process', source, '--out', name, '--json');
        expect(local.code, local.err).toBe(3);
        expect(local.lines().at(-1)).toMatchObject({ balanced: true });
        const remote = await run('process', source, '--out', 's3://corpora/evidence', '--kms-key-id', key, '--json');
        expect(remote.code, remote.err).toBe(3);
        const verified = await run('verify', 's3://corpora/evidence', '--source', source, '--json');
        const summary = verified.lines().at(-1);
        expect(summary).toMatchObject({ matchedEntries: 1373 });
        roots.push(await readFile(join(folder, name, 'manifest.json'), 'utf8'));
      }
      expect(roots[0]).toBe(roots[1]);
    } finally {
      await sandbox.close();
      await gateway.stop();
    }
  }),
);

test.skipIf(!present || !python)("Python's zipfile and email agree on every entry, CRC, digest and Message-ID", () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'all.zip'), archive);
    const processed = await mailproof(['process', 'all.zip', '--out', 'out', '--quiet'], { folder });
    expect(processed.code).toBe(3);
    const script = new URL('./python/entries.py', import.meta.url).pathname;
    const peer = spawnSync('python3', [script, join(folder, 'all.zip')], { encoding: 'utf8', maxBuffer: 1 << 28 });
    expect(peer.status).toBe(0);
    const entries = new Map(
      peer.stdout
        .trim()
        .split('\n')
        .map((line) => [JSON.parse(line).path, JSON.parse(line)]),
    );
    const reader = await ManifestReader.open(folderSink(join(folder, 'out')));
    const seen = new Set<string>();
    const different: string[] = [];
    for await (const batch of reader.records()) {
      for (const { source, native, family, identity, email } of batch) {
        if (family.parent !== null) continue;
        seen.add(source.entry);
        const entry = entries.get(source.entry);
        expect(entry?.crc32).toBe(source.crc32);
        expect(entry?.size).toBe(native?.size);
        expect(`sha256:${entry?.sha256}`).toBe(native?.digest);
        const theirs = /<[^<>\s]+>/.exec(entry?.message_id ?? '')?.[0] ?? null;
        const ours = /<[^<>\s]+>/.exec(identity.messageId ?? '')?.[0] ?? null;
        // Of several Message-ID fields Python takes the first, RFC 8621 (§4.1.2) the last.
        const fields = email?.headers.filter(({ name }) => name.toLowerCase() === 'message-id').length ?? 0;
        if (theirs !== null && fields < 2 && ours !== theirs)
          different.push(`${source.entry}: ${ours} is not ${theirs}`);
      }
    }
    expect(seen.size).toBe(entries.size);
    expect(different).toEqual([]);
  }),
);
