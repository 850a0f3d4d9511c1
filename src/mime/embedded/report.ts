import type { JsonObject, JsonValue } from '../../model/index.ts';
import type { Leaf } from '../body/leaf.ts';
import { readHeaderBlock } from '../header/block.ts';
import { FieldFaults } from '../header/faults.ts';
import type { HeaderField } from '../header/field.ts';
import { readTextField } from '../header/text.ts';
import { lineView } from '../line-view.ts';
import type { ReadContext } from '../read-context.ts';

/** Media types whose body is groups of fields, and what each is called here. */
const KINDS: Readonly<Record<string, string>> = {
  'message/delivery-status': 'delivery-status',
  'message/global-delivery-status': 'delivery-status',
  'message/disposition-notification': 'disposition-notification',
  'message/global-disposition-notification': 'disposition-notification',
  'message/feedback-report': 'feedback-report',
};

/** Groups beyond this stay in the part: a report names a recipient each, not a directory. */
const MAX_GROUPS = 10_000;

/**
 * The fields of a report part: `{ kind, perMessage, perRecipient }` for delivery status (RFC 3464), disposition
 * notification (RFC 8098) and feedback (RFC 5965); `{ kind: 'partial', id, number, total }` for a fragment (RFC 2046
 * §5.2.2); null for any other part. Field names are lower case; a field that occurs more than once is an array.
 */
export function readReport(
  leaf: Leaf,
  octetsOf: (leaf: Leaf) => Buffer | null,
  context: ReadContext,
): JsonObject | null {
  const { type, parameters } = leaf.part;
  if (type === 'message/partial') {
    const number = wholeNumber(parameters.get('number'));
    const total = wholeNumber(parameters.get('total'));
    return { kind: 'partial', id: parameters.get('id') ?? null, number, total };
  }
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (kind === undefined) return null;
  const octets = leaf.size > context.limits.maxEmbeddedBytes ? null : octetsOf(leaf);
  if (octets === null) {
    leaf.part.faults.add(
      'LIMIT_REACHED',
      `Longer than maxEmbeddedBytes (${context.limits.maxEmbeddedBytes}): not read.`,
    );
    return null;
  }
  const groups = fieldGroups(lineView(octets), context);
  if (groups.length === 0) {
    leaf.part.faults.add('EMBEDDED_UNREADABLE', 'The report holds no fields.');
    return null;
  }
  return { kind, perMessage: groups[0] ?? {}, perRecipient: groups.slice(1) };
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function fieldGroups(octets: Buffer, context: ReadContext): JsonObject[] {
  const { limits, counter } = context;
  const groups: JsonObject[] = [];
  let at = 0;
  while (at < octets.length && groups.length < MAX_GROUPS) {
    const block = readHeaderBlock(octets, at, octets.length, {
      isDelimiter: () => false,
      atMessageStart: false,
      maxBytes: limits.maxHeaderBytes,
      maxFields: limits.maxHeaderFields,
      counter,
    });
    if (block.fields.length > 0) groups.push(fieldObject(block.fields));
    if (block.endedBy === 'end') break;
    // A line that is no field is passed over, not stumbled over.
    const feed =
      block.bodyStart > at && block.endedBy === 'blank' ? block.bodyStart - 1 : octets.indexOf(10, block.bodyStart);
    if (feed < 0) break;
    at = Math.max(feed + 1, at + 1);
  }
  return groups;
}

function fieldObject(fields: readonly HeaderField[]): JsonObject {
  const values = new Map<string, string[]>();
  const faults = new FieldFaults();
  for (const field of fields) {
    const value = readTextField(field.raw, faults, null);
    const known = values.get(field.lowerName);
    if (known === undefined) values.set(field.lowerName, [value]);
    else known.push(value);
  }
  return Object.fromEntries([...values].map(([name, list]): [string, JsonValue] => [name, onlyOrAll(list)]));
}

function onlyOrAll(list: readonly string[]): JsonValue {
  const [only] = list;
  return list.length === 1 && only !== undefined ? only : list;
}
