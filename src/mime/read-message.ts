import type { ParsedMessage } from '../model/index.ts';
import { assemble } from './assemble.ts';
import { decodePart } from './body/decoder-of.ts';
import { type Leaf, readLeaf } from './body/leaf.ts';
import { lineView } from './line-view.ts';
import type { ReadContext } from './read-context.ts';
import { StructureScanner } from './structure/scanner.ts';

/** Reads a message that is wholly at hand. The result holds on to `message`, from which `content` decodes anew. */
export function readMessage(message: Buffer, context: ReadContext): ParsedMessage {
  const view = lineView(message);
  const options = { limits: context.limits, returnsEndLines: view !== message, sha1: context.sha1 };
  const leaves = new Map<string, Leaf>();
  const scanner = new StructureScanner({
    limits: context.limits,
    counter: context.counter,
    layout: context.layout,
    handler: {
      body: () => undefined,
      prologueEnded: () => undefined,
      leaf: (part) => {
        context.counter.octets += part.bodyEnd - part.bodyStart;
        leaves.set(part.path, readLeaf(message, part, options));
      },
    },
  });
  scanner.advance(view, 0, 0, true);
  const content = (path: string): Buffer | null => {
    const leaf = leaves.get(path);
    return leaf === undefined ? null : decodePart(message, leaf.part, options);
  };
  return assemble({ root: scanner.root, leaves, size: message.length, content }, context);
}
