import { parseMessage } from '../../../src/index.ts';
import type { EmailBodyPart, ParsedMessage } from '../../../src/model/index.ts';

/** Octets given as a string of characters below 256. */
export function octets(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** A message of these header lines and this body; lines end in CR LF. Characters are octets. */
export function read(header: readonly string[], body = ''): ParsedMessage {
  return parseMessage(octets(`${header.join('\r\n')}\r\n\r\n${body.replace(/(?<!\r)\n/g, '\r\n')}`));
}

/** The leaves of a message in order, those of messages within it not among them. */
export function leavesOf(part: EmailBodyPart): EmailBodyPart[] {
  return part.subParts === undefined ? [part] : part.subParts.flatMap(leavesOf);
}

export function codes(message: ParsedMessage): string[] {
  return message.issues.map(({ code }) => code);
}
