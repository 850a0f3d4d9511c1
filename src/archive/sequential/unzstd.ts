import { Readable, Transform } from 'node:stream';
import zlib from 'node:zlib';
import type { Finding } from '../../model/index.ts';
import { OctetFeed } from './octet-feed.ts';
import { type FrameOutcome, frameOctets, nextFrame, skipFrame } from './zstd-frame.ts';

/** Node.js has it from 22.15 and 23.8 on; the types this is written against know nothing of it. */
function makeExpander(): Transform | null {
  const make: unknown = Reflect.get(zlib, 'createZstdDecompress');
  if (typeof make !== 'function') return null;
  const made: unknown = Reflect.apply(make, undefined, []);
  return made instanceof Transform ? made : null;
}

/** Whether this Node.js can expand Zstandard. */
export function canExpandZstd(): boolean {
  const expander = makeExpander();
  expander?.destroy();
  return expander !== null;
}

/**
 * Expands Zstandard (RFC 8878), frames one after the other, skippable ones passed over. What is damaged, cut off or appended
 * becomes a finding, and all octets of the input are read.
 */
export async function* unzstd(
  input: AsyncIterable<Uint8Array>,
  report: { readonly findings: Finding[] },
): AsyncGenerator<Uint8Array> {
  const feed = new OctetFeed(input);
  const note = (check: string, severity: Finding['severity'], message: string): void => {
    report.findings.push({ check, severity, message, range: [feed.position, feed.position] });
  };
  let unchecked = 0;
  try {
    for (let next = await nextFrame(feed); next === 'frame' || next === 'skippable'; next = await nextFrame(feed)) {
      if (next === 'skippable') {
        if (!(await skipFrame(feed)))
          note('archive-truncated', 'error', 'The zstd data breaks off in a skippable frame.');
        continue;
      }
      const outcome: FrameOutcome = { state: 'cut', checked: false };
      const sound = yield* expandFrame(frameOctets(feed, outcome));
      if (!outcome.checked) unchecked += 1;
      if (outcome.state === 'whole' && sound) continue;
      if (outcome.state === 'cut' && sound) note('archive-truncated', 'error', 'The zstd data breaks off.');
      else note('archive-damaged', 'error', 'The zstd data is damaged, or needs a window of more than 128 MiB.');
      break;
    }
    if ((await nextFrame(feed)) === 'foreign' && !report.findings.some(({ check }) => check === 'archive-damaged'))
      note('archive-damaged', 'error', 'Something follows the zstd data.');
    for (let rest = await feed.peek(1); rest.length > 0; rest = await feed.peek(1)) await feed.take(rest.length);
    if (unchecked > 0)
      note('archive-unprovable', 'warning', 'The zstd data carries no checksum: an altered octet may go unseen.');
  } finally {
    await feed.close();
  }
}

/** Expands one frame; returns whether zlib found nothing wrong with it. Only the input's own error is thrown. */
async function* expandFrame(frame: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array, boolean> {
  const expander = makeExpander();
  if (expander === null) throw new TypeError('this Node.js has no Zstandard');
  const from = Readable.from(frame);
  from.once('error', (error) => expander.destroy(error));
  from.pipe(expander);
  try {
    for await (const chunk of expander) if (chunk instanceof Uint8Array) yield chunk;
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // An input that breaks off is told by its framing.
    if (code === 'Z_BUF_ERROR') return true;
    if (code.startsWith('ZSTD_') || code.startsWith('Z_')) return false;
    throw error;
  } finally {
    from.destroy();
    expander.destroy();
  }
}
