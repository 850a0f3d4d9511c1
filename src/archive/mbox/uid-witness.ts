import { Buffer } from 'node:buffer';
import type { Finding } from '../../model/index.ts';

const HEADER_LIMIT = 64 * 1024;
/** What IMAP servers of the UW line write into the first message: UIDVALIDITY and the last UID they gave. */
const BASE = /^X-IMAP(?:base)?:[ \t]*(\d{1,10})[ \t]+(\d{1,10})/im;
const UID = /^X-UID:[ \t]*(\d{1,10})[ \t]*\r?$/im;

/**
 * The only count an mbox may hold: an IMAP server's last UID in its first message, against the highest UID of those that are
 * there. More given than seen means that the last ones were deleted, or that the file was cut off.
 */
export class UidWitness {
  private given: number | null = null;
  private highest = 0;
  private first = true;

  see(message: Uint8Array): void {
    if (!this.first && this.given === null) return;
    const octets = Buffer.from(message.buffer, message.byteOffset, Math.min(message.byteLength, HEADER_LIMIT));
    const [header = ''] = octets.toString('latin1').split(/\r?\n\r?\n/, 1);
    if (this.first) {
      const base = BASE.exec(header);
      this.given = base === null ? null : Number(base[2]);
      this.first = false;
    }
    const uid = UID.exec(header);
    if (uid !== null) this.highest = Math.max(this.highest, Number(uid[1]));
  }

  finding(at: number): Finding[] {
    if (this.given === null || this.highest === 0 || this.highest >= this.given) return [];
    const message =
      `The IMAP server that kept this mbox had given UIDs up to ${this.given}; the highest here is ${this.highest}: ` +
      'later messages were deleted, or the file was cut off.';
    const compared = { expected: String(this.given), found: String(this.highest) };
    return [{ check: 'mbox-uids', severity: 'warning', message, ...compared, range: [at, at] }];
  }
}
