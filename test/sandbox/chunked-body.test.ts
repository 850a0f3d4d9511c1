import { expect, test } from 'vitest';
import { ChunkedBody } from '../../src/sandbox/s3/chunked-body.ts';
import { gather } from './clients.ts';

const BODY = Buffer.from('5\r\nhello\r\n7\r\n, world\r\n0\r\nx-amz-checksum-crc32: /+s=\r\nX-Other:1\r\n\r\n');

async function decode(body: Buffer, size: number): Promise<readonly [string, ChunkedBody]> {
  const decoder = new ChunkedBody(null);
  async function* pieces() {
    for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
  }
  return [(await gather(decoder.decode(pieces()))).toString(), decoder];
}

test('any pieces give the same octets and trailers', async () => {
  for (let size = 1; size <= BODY.length; size++) {
    const [text, decoder] = await decode(BODY, size);
    expect(text).toBe('hello, world');
    expect([...decoder.trailers]).toEqual([
      ['x-amz-checksum-crc32', '/+s='],
      ['x-other', '1'],
    ]);
  }
});

test('cut anywhere, it is refused', async () => {
  for (let end = 0; end < BODY.length; end++) {
    await expect(decode(BODY.subarray(0, end), 4), `cut at ${end}`).rejects.toMatchObject({ code: 'IncompleteBody' });
  }
});

test.each([
  ['a size that is none', 'zz\r\nhello\r\n', 'InvalidRequest'],
  ['octets after the chunk', '2\r\nhello\r\n0\r\n\r\n', 'IncompleteBody'],
  ['octets after the end', '0\r\n\r\nmore\r\n', 'IncompleteBody'],
  ['a trailer without a name', '0\r\n:x\r\n\r\n', 'InvalidRequest'],
  ['a line without end', 'a'.repeat(20_000), 'InvalidRequest'],
])('%s', async (_, text, code) => {
  await expect(decode(Buffer.from(text), 1000)).rejects.toMatchObject({ code });
});
