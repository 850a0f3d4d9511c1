import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ImapMailbox } from '../../src/io/imap.ts';
import type { ImapOptions } from '../../src/io/imap-client.ts';
import { compareLive, type LiveDifference } from '../../src/verify/live/index.ts';
import { message, randomNumbers } from '../verify/mailbox.ts';
import { type Run, runOfEntries } from '../verify/run.ts';
import { type Dovecot, dovecotMissing, startDovecot } from './dovecot/start.ts';

const missing = dovecotMissing();
if (missing !== null) console.warn(`skipped: ${missing}`);

const MESSAGES = 20_000;
const EXPORT_START = '2026-06-01T00:00:00.000Z';
const FOLDERS = ['INBOX', 'Sent Items', 'Projekte/Größe', '受信トレイ/請求書', 'A & B', 'Archive/2024/Q1', 'Old name'];

interface Mail {
  readonly number: number;
  readonly text: string;
  folder: string;
}

/** A mailbox whose odd mail has no Message-ID. */
function mailbox(): Mail[] {
  const random = randomNumbers(11);
  return Array.from({ length: MESSAGES }, (_, number) => {
    const text = message(number, random, null);
    const without = number % 500 === 7 ? text.replace(/^Message-ID: .*\r\n/, '') : text;
    const folder = FOLDERS[number % FOLDERS.length] ?? 'INBOX';
    return { number, text: number % 3 === 0 ? without.slice(0, 700) : without, folder };
  });
}

/** Writes a Maildir as a delivery agent would; the file's time is its arrival. */
function deliver(
  dovecot: Dovecot,
  user: string,
  mail: readonly { folder: string; text: string }[],
  arrived: Date,
): void {
  const root = dovecot.maildir(user);
  const made = new Set<string>();
  for (const [place, { folder, text }] of mail.entries()) {
    const path = folder === 'INBOX' ? root : join(root, folder);
    if (!made.has(path)) for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(path, part), { recursive: true });
    made.add(path);
    const file = join(path, 'cur', `${String(place).padStart(8, '0')}.${arrived.getTime()}.host:2,S`);
    writeFileSync(file, text);
    utimesSync(file, arrived, arrived);
  }
}

const optionsOf = (dovecot: Dovecot, user: string): ImapOptions => ({
  host: 'localhost',
  port: dovecot.tlsPort,
  secure: true,
  user,
  password: dovecot.password,
  authority: dovecot.authority,
});

describe.skipIf(missing !== null)('a real Dovecot', () => {
  let dovecot: Dovecot;
  let run: Run;
  const exported = mailbox();
  /** Planted in the mailbox, by message number. */
  const lost = [5, 123, 4_567, 12_000, 12_001, 19_999, 507];
  const moved = [10, 2_222, 18_000, 1_007];
  const deleted = [3, 777, 15_555];
  const altered = [44, 9_001];

  beforeAll(async () => {
    dovecot = await startDovecot();
    const entries = exported
      .filter(({ number }) => !lost.includes(number))
      .map(({ number, folder, text }) => ({ path: `mailbox/${folder}/${number}.eml`, bytes: Buffer.from(text) }));
    run = await runOfEntries(entries);
    const live = exported
      .filter(({ number }) => !deleted.includes(number))
      .map(({ number, folder, text }) => ({
        folder: moved.includes(number) ? 'Moved ünder' : folder === 'Old name' ? 'New näme' : folder,
        text: altered.includes(number) ? text.replace(/^Message-ID: .*$/m, `Message-ID: <altered-${number}@x>`) : text,
      }));
    deliver(dovecot, 'anna', live, new Date('2026-05-01T00:00:00Z'));
    const since = Array.from({ length: 9 }, (_, place) => ({
      folder: 'Since',
      text: message(90_000 + place, () => 0.5, null),
    }));
    deliver(dovecot, 'anna', since, new Date('2026-07-01T00:00:00Z'));
    dovecot.give();
  });
  afterAll(async () => dovecot?.stop());

  const numberOf = async (record: string): Promise<number> => {
    const { source } = await (await run.reader()).record(record);
    return Number(/(\d+)\.eml$/.exec(source.entry)?.[1]);
  };

  test('every planted difference among 20,000 messages is found and none is invented', async () => {
    const client = new ImapMailbox(optionsOf(dovecot, 'anna'));
    const found: LiveDifference[] = [];
    try {
      const result = await compareLive({
        manifest: await run.reader(),
        mailbox: client,
        exportStart: EXPORT_START,
        onDifference: (difference) => found.push(difference),
      });
      expect({ ...result, folders: 0, findings: 0, witness: 0 }).toMatchObject({
        same: MESSAGES - lost.length - deleted.length - moved.length,
        missing: lost.length,
        arrivedSince: 9,
        added: deleted.length,
        moved: moved.length,
        byContent:
          altered.length +
          exported.filter(({ number, text }) => !/^Message-ID/m.test(text) && !lost.includes(number)).length,
      });
      expect(result.witness.agrees).toBe(false);
      const errors = result.findings.filter(({ severity }) => severity === 'error').map((each) => each.message);
      expect(errors).toHaveLength(lost.length);
      for (const number of lost.filter((each) => each % 500 !== 7)) {
        expect(errors.filter((each) => each.includes(`<${number}@example.com>`))).toHaveLength(1);
      }
      const records = async (sign: string) =>
        Promise.all(found.filter((each) => each.sign === sign).map(async ({ record }) => numberOf(record ?? '')));
      expect((await records('+')).sort((a, b) => a - b)).toEqual(deleted);
      expect((await records('*')).sort((a, b) => a - b)).toEqual([...moved].sort((a, b) => a - b));
      expect(found.filter(({ sign, since }) => sign === '-' && since)).toHaveLength(9);
      const renamed = result.folders.find(({ folder }) => folder === 'New näme');
      expect(renamed).toMatchObject({ heldAs: 'mailbox/Old name', added: 0 });
      expect(result.folders.map(({ folder }) => folder)).toEqual(
        expect.arrayContaining(['受信トレイ/請求書', 'A & B']),
      );
    } finally {
      await client.close();
    }
  });

  test('an undamaged export of the same mailbox agrees, with nothing to say against it', async () => {
    deliver(dovecot, 'berta', exported.slice(0, 500), new Date('2026-05-01T00:00:00Z'));
    dovecot.give();
    const whole = await runOfEntries(
      exported
        .slice(0, 500)
        .map(({ number, folder, text }) => ({ path: `${folder}/${number}.eml`, bytes: Buffer.from(text) })),
    );
    const client = new ImapMailbox({ ...optionsOf(dovecot, 'berta'), secure: false, port: dovecot.port });
    const result = await compareLive({ manifest: await whole.reader(), mailbox: client });
    await client.close();
    expect(result).toMatchObject({
      same: 500,
      missing: 0,
      arrivedSince: 0,
      added: 0,
      moved: 0,
      sizeDiffers: 0,
      findings: [],
    });
    expect(result.witness.agrees).toBe(true);
  });

  test('connections that drop again and again lose no message and repeat none', async () => {
    let drops = 0;
    const before = dovecot.logins();
    const client = new ImapMailbox({
      ...optionsOf(dovecot, 'anna'),
      batch: 400,
      backoffMilliseconds: 5,
      random: () => 0.5,
    });
    const uids: number[] = [];
    for await (const batch of client.headers('INBOX')) {
      uids.push(...batch.map(({ uid }) => uid));
      if (drops < 4 && uids.length > drops * 600) {
        drops++;
        dovecot.drop();
      }
    }
    await client.close();
    expect(drops).toBe(4);
    // Each drop is a new login: the connections were really cut.
    expect(dovecot.logins() - before).toBe(5);
    expect(new Set(uids).size).toBe(uids.length);
    const folders = new ImapMailbox(optionsOf(dovecot, 'anna'));
    const inbox = (await folders.folders()).find(({ name }) => name === 'INBOX');
    await folders.close();
    expect(uids).toHaveLength(inbox?.total ?? -1);
  });

  test('nothing is marked as read by being compared', async () => {
    const unread = dovecot.maildir('carla');
    for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(unread, part), { recursive: true });
    writeFileSync(
      join(unread, 'new', '1.1.host'),
      message(1, () => 0.5, null),
    );
    dovecot.give();
    const client = new ImapMailbox(optionsOf(dovecot, 'carla'));
    let count = 0;
    for await (const batch of client.headers('INBOX')) count += batch.length;
    expect(count).toBe(1);
    expect(await client.header('INBOX', 1)).toMatchObject({ uid: 1 });
    expect(await client.header('INBOX', 99)).toBeNull();
    await client.close();
    const { ImapFlow } = await import('imapflow');
    const other = new ImapFlow({
      host: 'localhost',
      port: dovecot.tlsPort,
      secure: true,
      auth: { user: 'carla', pass: dovecot.password },
      tls: { ca: dovecot.authority },
      logger: false,
    });
    await other.connect();
    const status = await other.status('INBOX', { unseen: true });
    await other.logout();
    expect(status === false ? -1 : status.unseen).toBe(1);
  });

  test('a wrong password is refused at once, an unknown certificate too', async () => {
    const wrong = new ImapMailbox({ ...optionsOf(dovecot, 'anna'), password: 'guess' });
    await expect(wrong.folders()).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    const { authority: _, ...unknown } = optionsOf(dovecot, 'anna');
    await expect(new ImapMailbox(unknown).folders()).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  });
});
