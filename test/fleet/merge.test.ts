import { describe, expect, test } from 'vitest';
import { digestArchive, mergeFleet, planFleet, processShard } from '../../src/fleet/index.ts';
import { memorySink } from '../../src/io/index.ts';
import { ROOT_PATH, WORK_PREFIX } from '../../src/manifest/index.ts';
import { MailproofError, type Sink } from '../../src/model/index.ts';
import { inlinePool, processExport } from '../../src/pipeline/index.ts';
import { archiveOf, filesOf, silent, sourceOf, strangeArchive } from './mailbox.ts';

/** Small shards of the manifest, so that they are cut across the fleet's. */
const shards = { records: 300, recordOctets: 700_000, textOctets: 300_000 };
const archive = await archiveOf(2_000);

async function alone(octets: Uint8Array): Promise<Map<string, string>> {
  const sink = memorySink();
  await processExport({ source: sourceOf(octets), sink, pool: inlinePool(), reporter: silent, shards });
  return filesOf(sink);
}

async function shardOf(octets: Uint8Array, sink: Sink, shard: number) {
  return processShard({ source: sourceOf(octets), sink, shard, pool: inlinePool(), reporter: silent });
}

const merge = (octets: Uint8Array, sink: Sink) =>
  mergeFleet({ source: sourceOf(octets), sink, reporter: silent, shards });

/** Plans and does everything but the merge, in the order given. */
async function spread(octets: Uint8Array, shardOctets: number, order = (all: number[]) => all) {
  const sink = memorySink();
  const { plan } = await planFleet({ source: sourceOf(octets), sink, shardOctets });
  const numbers = order(plan.shards.map(({ shard }) => shard));
  for (const shard of numbers) await shardOf(octets, sink, shard);
  await digestArchive({ source: sourceOf(octets), sink });
  return { sink, plan };
}

describe('the merged manifest is the one a single machine writes', () => {
  test.each([
    ['one shard', 1e9, (all: number[]) => all],
    ['a few shards, in order', 1_500_000, (all: number[]) => all],
    ['as many shards as batches, last first', 1, (all: number[]) => all.toReversed()],
  ])('%s', async (_, shardOctets, order) => {
    const { sink, plan } = await spread(archive, shardOctets, order);
    if (shardOctets === 1) expect(plan.shards.length).toBeGreaterThanOrEqual(4);
    expect(plan.shards[0]?.start).toBe(0);
    expect(plan.shards.at(-1)?.nextEntry).toBe(plan.entries);
    for (const [place, shard] of plan.shards.entries()) {
      const before = plan.shards[place - 1];
      expect([shard.firstEntry, shard.start]).toEqual([before?.nextEntry ?? 0, before?.end ?? 0]);
    }
    const result = await merge(archive, sink);
    expect(result.root.shards.length).toBeGreaterThan(3);
    const merged = await filesOf(sink);
    expect(Object.fromEntries(merged)).toEqual(Object.fromEntries(await alone(archive)));
    expect([...merged.keys()].filter((path) => path.startsWith(WORK_PREFIX))).toEqual([]);
  });

  test('also with a name twice, content that is no mail, and an entry too large to be held', async () => {
    const { sink, plan } = await spread(await strangeArchive(), 1);
    expect(plan.shards.length).toBeGreaterThan(2);
    await merge(await strangeArchive(), sink);
    expect(Object.fromEntries(await filesOf(sink))).toEqual(Object.fromEntries(await alone(await strangeArchive())));
  });
});

describe('a merge is refused', () => {
  test('where a shard is missing: all that are missing are named', async () => {
    const sink = memorySink();
    const { plan } = await planFleet({ source: sourceOf(archive), sink, shardOctets: 1 });
    await shardOf(archive, sink, 1);
    await digestArchive({ source: sourceOf(archive), sink });
    const others = plan.shards.map(({ shard }) => shard).filter((shard) => shard !== 1);
    await expect(merge(archive, sink)).rejects.toMatchObject({
      code: 'MANIFEST_INVALID',
      message: expect.stringContaining(`not done: ${others.join(', ')}.`),
      retryable: false,
    });
    expect(sink.files.has(ROOT_PATH)).toBe(false);
  });

  test('where the digest is missing', async () => {
    const { sink } = await spread(archive, 1e9);
    await sink.remove('work/fleet/digest.json');
    await expect(merge(archive, sink)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
  });

  test('where frames are altered, cut or lengthened; and nothing of them is gone on from', async () => {
    const { sink } = await spread(archive, 1);
    const path = 'work/fleet/000002.frames';
    const whole = Buffer.from(sink.files.get(path) ?? []);
    const altered = Buffer.from(whole);
    // An octet of a record's text: the frame is whole, and says something else.
    altered[whole.indexOf('"type":"Email"') + 9] = 0x58;
    for (const octets of [
      altered,
      whole.subarray(0, -1),
      Buffer.concat([whole, Buffer.of(0)]),
      whole.subarray(0, 10),
    ]) {
      await sink.put(path, octets);
      await expect(merge(archive, sink)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
      expect(sink.files.has(ROOT_PATH)).toBe(false);
    }
    await sink.remove(path);
    await expect(merge(archive, sink)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
    await sink.put(path, whole);
    await merge(archive, sink);
    expect(Object.fromEntries(await filesOf(sink))).toEqual(Object.fromEntries(await alone(archive)));
  });

  test('where the archive is not the one that was planned', async () => {
    const { sink } = await spread(archive, 1e9);
    const other = await archiveOf(1_999);
    await expect(merge(other, sink)).rejects.toMatchObject({ code: 'SOURCE_CHANGED', retryable: false });
    await expect(shardOf(other, sink, 0)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
  });

  test('where there is a root already, as is a new plan', async () => {
    const { sink } = await spread(archive, 1e9);
    await merge(archive, sink);
    await expect(merge(archive, sink)).rejects.toMatchObject({ code: 'MANIFEST_NOT_FOUND' });
    await expect(planFleet({ source: sourceOf(archive), sink })).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  });
});

describe('an archive that cannot be split', () => {
  test('without its directory has no shards, and its merge is refused', async () => {
    const sink = memorySink();
    const cut = archive.subarray(0, archive.length - 500);
    const { plan, items } = await planFleet({ source: sourceOf(cut), sink });
    expect([plan.shards, items]).toEqual([[], []]);
    await expect(merge(cut, sink)).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
  });

  test('whose directory is wrong somewhere is refused, or read as one machine reads it', async () => {
    const outcomes = new Set<string>();
    const small = await archiveOf(700);
    const { plan } = await planFleet({ source: sourceOf(small), sink: memorySink(), shardOctets: 1 });
    const seam = plan.shards[1]?.start ?? 0;
    const damages: readonly [string, (octets: Buffer) => Buffer][] = [
      ['the first header of a shard is gone', (octets) => octets.fill(0, seam, seam + 30)],
      ['the last entry of a shard is damaged', (octets) => octets.fill(7, seam - 300, seam - 200)],
      [
        'octets are missing before a seam',
        (octets) => Buffer.concat([octets.subarray(0, seam - 99), octets.subarray(seam)]),
      ],
      [
        'octets are missing behind a seam',
        (octets) => Buffer.concat([octets.subarray(0, seam), octets.subarray(seam + 99)]),
      ],
      [
        'octets are inserted',
        (octets) => Buffer.concat([octets.subarray(0, seam), Buffer.alloc(50), octets.subarray(seam)]),
      ],
      [
        'one octet of an entry differs',
        (octets) => octets.fill(octets[seam + 400] === 1 ? 2 : 1, seam + 400, seam + 401),
      ],
      [
        'a signature of the directory differs',
        (octets) => octets.fill(0, octets.length - 5_000, octets.length - 4_000),
      ],
    ];
    for (const [what, damage] of damages) {
      const broken = damage(Buffer.from(small));
      const byFleet = async () => {
        const { sink } = await spread(broken, 1);
        await merge(broken, sink);
        return Object.fromEntries(await filesOf(sink));
      };
      const outcome = await byFleet().catch((error: unknown) => error);
      if (outcome instanceof MailproofError) {
        expect([what, outcome.code]).toEqual([what, 'ARCHIVE_DAMAGED']);
        outcomes.add('refused');
      } else {
        expect(outcome, what).toEqual(Object.fromEntries(await alone(broken)));
        outcomes.add('same');
      }
    }
    expect(outcomes).toEqual(new Set(['refused', 'same']));
  });

  test('of which one shard only meets the damage leaves no trace of that shard', async () => {
    const sink = memorySink();
    const { plan } = await planFleet({ source: sourceOf(archive), sink, shardOctets: 1 });
    const third = plan.shards[2]?.start ?? 0;
    const broken = Buffer.from(archive);
    broken.copyWithin(third + 100, third + 199, plan.shards[3]?.start);
    await shardOf(broken, sink, 0);
    await expect(shardOf(broken, sink, 2)).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
    expect([...sink.files.keys()].filter((path) => path.includes('000002'))).toEqual([]);
  });
});

describe('tasks that are repeated', () => {
  test('plan, shard and digest give the same octets, and what is done is not done again', async () => {
    const { sink, plan } = await spread(archive, 1_500_000);
    const before = await filesOf(sink);
    expect((await planFleet({ source: sourceOf(archive), sink, shardOctets: 7 })).plan).toEqual(plan);
    await shardOf(archive, sink, 1);
    await digestArchive({ source: sourceOf(archive), sink });
    expect(Object.fromEntries(await filesOf(sink))).toEqual(Object.fromEntries(before));
    // Killed between frames and receipt: done again from its beginning.
    await sink.remove('work/fleet/000001.json');
    await shardOf(archive, sink, 1);
    expect(Object.fromEntries(await filesOf(sink))).toEqual(Object.fromEntries(before));
  });

  test.each([0, 1, 2, 3, 5, 9, 14, 22])(
    'a merge that breaks off at write %i goes on when it is run again',
    async (writes) => {
      const { sink } = await spread(archive, 1_500_000);
      let left = writes;
      const failing: Sink = {
        ...sink,
        put: async (path, content, options) => {
          if (left-- <= 0) throw new Error('the disk is gone');
          return sink.put(path, content, options);
        },
      };
      await expect(merge(archive, failing)).rejects.toThrow('the disk is gone');
      expect(sink.files.has(ROOT_PATH)).toBe(false);
      await merge(archive, sink);
      expect(Object.fromEntries(await filesOf(sink))).toEqual(Object.fromEntries(await alone(archive)));
    },
  );

  test('a shard the plan does not have is a usage error; without a plan there is nothing to do', async () => {
    const { sink } = await spread(archive, 1e9);
    await expect(shardOf(archive, sink, 7)).rejects.toMatchObject({ code: 'USAGE' });
    await expect(shardOf(archive, memorySink(), 0)).rejects.toMatchObject({ code: 'MANIFEST_NOT_FOUND' });
    await sink.put('work/fleet/plan.json', Buffer.from('{"schemaVersion":9}'));
    await expect(shardOf(archive, sink, 0)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
  });
});
