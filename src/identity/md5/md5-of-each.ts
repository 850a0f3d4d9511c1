import { hash } from 'node:crypto';
import { Md5Lanes } from './lanes.ts';

let lanes: Md5Lanes | null | undefined;

/** The lanes of this thread; null where WebAssembly or its vectors are not there. */
function ownLanes(): Md5Lanes | null {
  if (lanes !== undefined) return lanes;
  try {
    lanes = new Md5Lanes();
  } catch {
    // `--jitless`, or a processor without the vectors V8 asks for: node:crypto needs neither.
    lanes = null;
  }
  return lanes;
}

const single = (octets: Uint8Array): string => hash('md5', octets, 'hex');

/**
 * MD5 of each, lower-case hexadecimal. MD5 cannot use a processor's width for one message, for each step waits for the one
 * before; several messages side by side take hardly longer than one. One that is longer than all others together would run alone
 * in the end, where node:crypto is faster.
 */
export function md5OfEach(messages: readonly Uint8Array[], beside: Md5Lanes | null = ownLanes()): string[] {
  if (beside === null) return messages.map(single);
  const digests: string[] = messages.map(() => '');
  const places = messages.map((_, place) => place);
  const length = (place: number | undefined): number => messages[place ?? -1]?.length ?? 0;
  places.sort((left, right) => length(right) - length(left));
  let octets = messages.reduce((sum, message) => sum + message.length, 0);
  let alone = 0;
  for (; alone < places.length && length(places[alone]) * 2 > octets; alone++) octets -= length(places[alone]);
  for (const place of places.slice(0, alone)) digests[place] = single(messages[place] ?? new Uint8Array(0));
  const shared = places.slice(alone);
  const found = beside.digest(shared.map((place) => messages[place] ?? new Uint8Array(0)));
  for (const [at, place] of shared.entries()) digests[place] = found[at] ?? '';
  return digests;
}
