import { type EmbeddedMessage, type Issue, issue, type ParsedChild, type ParsedMessage } from '../../model/index.ts';
import { isNamedContainer, type Leaf } from '../body/leaf.ts';
import { nativeOf } from '../digest/digests.ts';
import { type ReadContext, within } from '../read-context.ts';
import { readMessage } from '../read-message.ts';
import { beginsCalendar, beginsTnef, textOfHead } from '../sniff/head.ts';
import { looksLikeMessage } from '../sniff/message.ts';
import { calendarItems } from './calendar-part.ts';
import { readSignedMessage } from './signed-message.ts';
import { readTnefMessage } from './tnef-message.ts';

type OctetsOf = (leaf: Leaf) => Buffer | null;

/** The items within one leaf: a message, calendar components, what TNEF or opaque-signed content holds; mostly none. */
export function childrenOf(leaf: Leaf, octetsOf: OctetsOf, context: ReadContext, issues: Issue[]): ParsedChild[] {
  const kind = kindOf(leaf, octetsOf, context);
  if (kind === null) return [];
  const { part } = leaf;
  if (kind !== 'calendar' && context.depth >= context.limits.maxMessageDepth) {
    const limit = `maxMessageDepth (${context.limits.maxMessageDepth})`;
    part.faults.add('LIMIT_REACHED', `A message lies deeper than ${limit}: kept as an attachment.`);
    return [];
  }
  const octets = leaf.size > context.limits.maxEmbeddedBytes ? null : octetsOf(leaf);
  if (octets === null) {
    issues.push(
      issue(
        'LIMIT_REACHED',
        `Longer than maxEmbeddedBytes (${context.limits.maxEmbeddedBytes}): not looked into.`,
        part.path,
      ),
    );
    return [];
  }
  if (kind === 'calendar') {
    const { parseCalendar } = context;
    return parseCalendar === undefined ? [] : calendarItems(leaf, octets, parseCalendar, issues);
  }
  if (kind === 'message') return [embed(readMessage(octets, within(context)), leaf, octets, 'message/rfc822')];
  if (kind === 'tnef') return [embed(readTnefMessage(octets, within(context)), leaf, octets, 'application/ms-tnef')];
  const signed = readSignedMessage(octets, within(context));
  if (signed.issue !== null) issues.push(issue(signed.issue.code, signed.issue.message, part.path));
  return signed.message === null ? [] : [embed(signed.message, leaf, octets, 'application/pkcs7-mime')];
}

function kindOf(
  leaf: Leaf,
  octetsOf: OctetsOf,
  context: ReadContext,
): 'message' | 'calendar' | 'tnef' | 'signed' | null {
  const { part, head } = leaf;
  const { type } = part;
  if (type === 'message/rfc822' || type === 'message/global' || type === 'message/news') return 'message';
  if (/^application\/(?:vnd\.)?ms-tnef$/.test(type)) return 'tnef';
  if (/^application\/(?:x-)?pkcs7-mime$/.test(type)) return 'signed';
  const text = textOfHead(head);
  if (context.parseCalendar !== undefined && isCalendar(leaf, text)) return 'calendar';
  if (part.disposition !== 'attachment' && !isNamedContainer(part)) return null;
  // An attachment of no telling type, or of a wrong one: its name and its first octets together say what it is.
  if (beginsTnef(text)) return 'tnef';
  if (!isNamedContainer(part)) return null;
  const name = (part.dispositionParameters.get('filename') ?? part.parameters.get('name') ?? '').trim().toLowerCase();
  if (/\.p7[mz]$/.test(name) && head[0] === 0x30) return 'signed';
  if (!/\.(?:eml|mht|mhtml)$/.test(name)) return null;
  const octets = leaf.size > context.limits.maxEmbeddedBytes ? head : (octetsOf(leaf) ?? head);
  return looksLikeMessage(octets) ? 'message' : null;
}

function isCalendar(leaf: Leaf, head: string): boolean {
  const { type, disposition } = leaf.part;
  if (/^(?:text\/calendar|application\/ics|text\/x-vcalendar)$/.test(type)) return true;
  return beginsCalendar(head) && (disposition === 'attachment' || isNamedContainer(leaf.part) || type !== 'text/plain');
}

function embed(message: ParsedMessage, leaf: Leaf, octets: Buffer, mediaType: string): EmbeddedMessage {
  const native = nativeOf(mediaType, leaf.size, leaf.digests);
  return { ...message, type: 'Email', partId: leaf.part.path, native, octets: () => octets };
}
