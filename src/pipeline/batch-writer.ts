import { createHash } from 'node:crypto';
import { type BatchOutput, type KeyOfRecord, NO_TEXT, type ReportedIssue } from '../manifest/batch-output.ts';
import { calendarRow } from '../manifest/calendar-row.ts';
import { count, emptyTally, type Tally } from '../manifest/tally.ts';
import { ThreadGroups } from '../manifest/thread-groups.ts';
import type { Finding, Issue, ItemRecord } from '../model/index.ts';
import { OctetBuilder } from './octet-builder.ts';

/** Issues that are not errors are shown for the first records only: a million warnings help nobody. They are all counted. */
const SHOWN_ISSUES = 50;

/** Collects the records of one batch as the lines, texts, keys and counts a shard is made of. */
export class BatchWriter {
  readonly tally: Tally = emptyTally();
  readonly findings: Finding[] = [];
  readonly #records = new OctetBuilder(256 * 1024);
  readonly #text = new OctetBuilder(256 * 1024);
  readonly #ids: string[] = [];
  readonly #ends: number[] = [];
  readonly #textSlots: number[] = [];
  readonly #textOffsets: number[] = [];
  readonly #messageIds: { key: string; record: number }[] = [];
  readonly #digests: { key: string; record: number }[] = [];
  readonly #uids: KeyOfRecord<string>[] = [];
  readonly #threads: { key: number[]; record: number }[] = [];
  readonly #issues: ReportedIssue[] = [];

  /** Adds a record and its extracted text. `archiveIssues` of its issues come from the archive's entry. */
  add(record: ItemRecord, text: string, archiveIssues = 0): void {
    const place = this.#ids.length;
    this.#ids.push(record.id);
    this.#writeLine(record, text);
    this.#ends.push(this.#records.length);
    count(this.tally.recordsByType, record.type);
    for (const [at, issue] of record.issues.entries()) this.#count(record, issue, at < archiveIssues);
    if (record.native !== null) this.#digests.push({ key: record.native.digest, record: place });
    const calendar = calendarRow(record);
    if (calendar !== null) this.#uids.push({ ...calendar, record: place });
    this.#addThread(record, place);
  }

  #count(record: ItemRecord, issue: Issue, ofArchive: boolean): void {
    count(this.tally.issues, issue.code);
    if (issue.severity === 'error') this.tally[ofArchive ? 'archiveErrors' : 'itemErrors']++;
    if (issue.severity === 'error' || this.#issues.length < SHOWN_ISSUES) {
      this.#issues.push({ id: record.id, entry: record.source.entry, issue });
    }
  }

  #addThread(record: ItemRecord, place: number): void {
    const email = record.email;
    if (email === undefined) return;
    for (const key of email.messageId ?? []) this.#messageIds.push({ key, record: place });
    const own = email.messageId?.[0];
    // A message without an id is a thread of its own, unless it says what it answers.
    const ids = [own ?? `no-message-id:${record.id}`, ...(email.references ?? []), ...(email.inReplyTo ?? [])];
    this.#threads.push({ key: [...new Set(ids)].map((id) => ThreadGroups.hash(id)), record: place });
  }

  #writeLine(record: ItemRecord, text: string): void {
    const { email, event, task, other, ...head } = record;
    const payload = {
      ...(email && { email }),
      ...(event && { event }),
      ...(task && { task }),
      ...(other && { other }),
    };
    const tail = JSON.stringify(payload).slice(1);
    const opening = JSON.stringify(head).slice(0, -1);
    const separator = tail.length > 1 ? ',' : '';
    if (text === '') {
      this.#textSlots.push(NO_TEXT);
      this.#textOffsets.push(0);
      this.#records.write(`${opening}${separator}${tail}\n`);
      return;
    }
    const offset = this.#text.length;
    const length = this.#text.write(text);
    const digest = createHash('sha256')
      .update(this.#text.view(offset, offset + length))
      .digest('hex');
    this.tally.textBytes += length;
    this.#records.write(`${opening},"text":{`);
    this.#textSlots.push(this.#records.length);
    this.#textOffsets.push(offset);
    this.#records.write(`"length":${length},"digest":"sha256:${digest}"}${separator}${tail}\n`);
  }

  finish(nextEntry: number): BatchOutput {
    return {
      records: this.#records.finish(),
      ids: this.#ids,
      ends: Uint32Array.from(this.#ends),
      textSlots: Uint32Array.from(this.#textSlots),
      textOffsets: Uint32Array.from(this.#textOffsets),
      text: this.#text.finish(),
      messageIds: this.#messageIds,
      digests: this.#digests,
      uids: this.#uids,
      threads: this.#threads,
      tally: this.tally,
      issues: this.#issues,
      findings: this.findings,
      nextEntry,
    };
  }
}
