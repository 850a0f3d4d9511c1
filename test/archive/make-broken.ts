import { deflateRawSync } from 'node:zlib';
import { writeZip, type ZipMember } from './zip-writer.ts';

const content = 'Subject: hello\r\n\r\nhello\r\n';
const next: ZipMember = { name: 'next.eml', content: 'Subject: next\r\n\r\nnext\r\n' };
const one = (member: Omit<ZipMember, 'name'>): Buffer =>
  writeZip([{ name: 'first.eml', content, ...member }, next]).bytes;
const whole = writeZip([{ name: 'first.eml', content }, next]);

/** What `fixtures/broken` holds: the name says the issue or finding that must be told. */
export const BROKEN: Readonly<Record<string, Buffer>> = {
  'CRC_MISMATCH.zip': one({ central: { crc: 1 }, local: { crc: 1 } }),
  'SIZE_MISMATCH.zip': one({ central: { size: 9 }, local: { size: 9 } }),
  'ENTRY_ENCRYPTED.zip': one({ flags: 1 }),
  'METHOD_UNKNOWN.zip': one({ method: 12, data: deflateRawSync(content) }),
  'ENTRY_UNREADABLE.zip': one({ data: Buffer.alloc(20, 0xff) }),
  'LOCAL_HEADER_MISMATCH.zip': one({ local: { name: Buffer.from('other.eml') } }),
  'LOCAL_HEADER_MISSING.zip': one({ central: { offset: 0x7000 } }),
  'DESCRIPTOR_MISMATCH.zip': one({ flags: 8 }),
  'GAP_UNEXPLAINED.zip': one({ gap: Buffer.from('hidden') }),
  'NOT_IN_DIRECTORY.zip': one({ listed: false }),
  'NAME_UNSAFE.zip': writeZip([{ name: '../../first.eml', content }, next]).bytes,
  'NAME_DUPLICATE.zip': writeZip([next, next]).bytes,
  'ENTRY_TRUNCATED.zip': whole.bytes.subarray(0, (whole.headers[1] ?? 0) + 50),
  'archive-truncated.zip': whole.bytes.subarray(0, whole.directory + 20),
  'archive-damaged-suffix.zip': Buffer.concat([whole.bytes, Buffer.from('appended')]),
  'archive-count.zip': writeZip([next], { entries: 2 }).bytes,
};
