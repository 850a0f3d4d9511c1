import { decodePart } from './body/decoder-of.ts';
import { resolveLimits } from './limits.ts';
import { lineView } from './line-view.ts';
import type { Part } from './structure/part.ts';
import { StructureScanner } from './structure/scanner.ts';
import { WorkCounter } from './work-counter.ts';

/**
 * Reads nothing of a message but its structure, and decodes the parts that are asked for: where their digests are known
 * already, half the cost of reading the message. Null where there is no such MIME
 * part: what is uuencoded, in TNEF or within S/MIME is none. Throws for no input.
 */
export function partContents(message: Uint8Array): (partId: string) => Uint8Array | null {
  const octets = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const limits = resolveLimits(undefined);
  const view = lineView(octets);
  const options = { limits, returnsEndLines: view !== octets };
  const parts = new Map<string, Part>();
  const scanner = new StructureScanner({
    limits,
    counter: new WorkCounter(),
    layout: undefined,
    handler: {
      body: () => undefined,
      prologueEnded: () => undefined,
      leaf: (part) => {
        parts.set(part.path, part);
      },
    },
  });
  scanner.advance(view, 0, 0, true);
  return (partId) => {
    const part = parts.get(partId);
    return part === undefined ? null : decodePart(octets, part, options);
  };
}
