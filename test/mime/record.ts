import type { ParsedChild, ParsedMessage } from '../../src/model/index.ts';

/** Everything a message was read as, as JSON: what two readings are compared by. */
export function recordOf(message: ParsedMessage): string {
  return JSON.stringify(plain(message));
}

/** The same without what depends on the octets of line breaks. */
export function recordWithoutOctets(message: ParsedMessage): string {
  return JSON.stringify(plain(message), (key, value: unknown) =>
    ['size', 'blobId', 'digests', 'native'].includes(key) ? undefined : value,
  );
}

function plain(message: ParsedMessage): object {
  const { email, text, issues, children } = message;
  return { email, text, issues, children: children.map(plainChild) };
}

function plainChild(child: ParsedChild): object {
  const { partId, native } = child;
  return child.type === 'Email' ? { partId, native, ...plain(child) } : { partId, native, event: child.event };
}

/** A message of these lines, which end in CRLF. */
export function message(...lines: string[]): Buffer {
  return Buffer.from(lines.join('\r\n'), 'utf8');
}
