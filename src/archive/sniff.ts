import type { Buffer } from 'node:buffer';
import { firstSeparatorLength } from './mbox/separator.ts';
import { beginsZstd } from './sequential/zstd-frame.ts';
import { emlxLength } from './single/emlx.ts';
import { isTarHeader } from './tar/tar-header.ts';
import { isPlausibleHeader } from './zip/local-header.ts';

export type SniffedFormat = 'zip' | 'gzip' | 'zstd' | 'tar' | 'mbox' | 'single';

/** What the first octets say that an archive is; null where they say nothing. Names and extensions are never asked. */
export function sniff(head: Buffer): SniffedFormat | null {
  if (isPlausibleHeader(head, 0)) return 'zip';
  if (head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return 'gzip';
  if (beginsZstd(head)) return 'zstd';
  if (isTarHeader(head.subarray(0, 512))) return 'tar';
  if (firstSeparatorLength(head) !== null) return 'mbox';
  const emlx = emlxLength(head);
  return looksLikeItem(head.subarray(emlx?.line ?? 0)) ? 'single' : null;
}

/** Whether a message (two header fields, or one and its end) or a calendar begins here. */
function looksLikeItem(octets: Buffer): boolean {
  const text = octets.toString('latin1', 0, 4096).replace(/^\u00ef\u00bb\u00bf/, '');
  if (/^\s{0,64}BEGIN:VCALENDAR\b/i.test(text)) return true;
  // RFC 5322 §3.6.8 field names, and folded lines between.
  return /^[!-9;-~]{1,78}[ \t]*:[^\n]*\r?\n(?:[ \t][^\n]*\n)*(?:[!-9;-~]{1,78}[ \t]*:|\r?\n|$)/.test(text);
}
