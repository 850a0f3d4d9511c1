import { Buffer } from 'node:buffer';
import { readHeaderBlock } from '../header/block.ts';
import { readContentTypeField } from '../header/content-type.ts';
import { FieldFaults } from '../header/faults.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { lineView } from '../line-view.ts';
import { readTransferEncoding, transferDecoder } from '../transfer-encoding/choose.ts';
import { decodeWhole } from '../transfer-encoding/whole.ts';
import { WorkCounter } from '../work-counter.ts';

/** What came of the fragments given. */
export interface JoinedMessage {
  /** The whole message, or null where fragments are missing. */
  readonly octets: Uint8Array | null;
  readonly id: string;
  readonly total: number | null;
  /** The numbers that did not come. Empty where it is whole; unknown (empty, octets null) where no total is told. */
  readonly missing: readonly number[];
}

interface Fragment {
  readonly number: number;
  readonly total: number | null;
  readonly header: Buffer;
  readonly body: Buffer;
}

/** A total above this is no fragmented message, and listing what is missing of it would be endless. */
const MAX_FRAGMENTS = 10_000;

/**
 * Puts message/partial fragments together (RFC 2046 §5.2.2.1), by id and number, whatever their order. The header is that
 * of the first fragment without its Content-, Subject, Message-ID, Encrypted and MIME-Version fields, then those fields
 * of the message within. Messages that are no fragments are passed over.
 */
export function joinPartials(messages: Iterable<Uint8Array>): JoinedMessage[] {
  const byId = new Map<string, Map<number, Fragment>>();
  for (const message of messages) {
    const read = readFragment(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
    if (read === null) continue;
    const fragments = byId.get(read.id) ?? new Map<number, Fragment>();
    byId.set(read.id, fragments);
    if (!fragments.has(read.fragment.number)) fragments.set(read.fragment.number, read.fragment);
  }
  return [...byId].map(([id, fragments]) => join(id, fragments));
}

function readFragment(message: Buffer): { id: string; fragment: Fragment } | null {
  const view = lineView(message);
  const block = headerOf(view);
  const field = block.fields.find(({ lowerName }) => lowerName === 'content-type');
  const contentType = field === undefined ? null : readContentTypeField(field.raw, new FieldFaults(), null);
  if (contentType?.type !== 'message' || contentType.subtype !== 'partial') return null;
  const id = contentType.parameters.get('id');
  const number = Number(contentType.parameters.get('number') ?? Number.NaN);
  if (id === undefined || !Number.isSafeInteger(number) || number < 1) return null;
  const total = Number(contentType.parameters.get('total') ?? Number.NaN);
  const encoding = block.fields.find(({ lowerName }) => lowerName === 'content-transfer-encoding');
  const decoder = transferDecoder(readTransferEncoding(encoding?.raw ?? null), view !== message);
  const fragment: Fragment = {
    number,
    total: Number.isSafeInteger(total) && total > 0 && total <= MAX_FRAGMENTS ? total : null,
    header: message.subarray(0, block.bodyStart),
    body: decodeWhole(decoder, message, block.bodyStart, message.length),
  };
  return { id, fragment };
}

function headerOf(message: Buffer) {
  return readHeaderBlock(message, 0, message.length, {
    isDelimiter: () => false,
    atMessageStart: true,
    maxBytes: DEFAULT_LIMITS.maxHeaderBytes,
    maxFields: DEFAULT_LIMITS.maxHeaderFields,
    counter: new WorkCounter(),
  });
}

function join(id: string, fragments: ReadonlyMap<number, Fragment>): JoinedMessage {
  const total = [...fragments.values()].find((fragment) => fragment.total !== null)?.total ?? null;
  if (total === null) return { octets: null, id, total, missing: [] };
  const ordered = Array.from({ length: total }, (_, index) => fragments.get(index + 1));
  const missing = ordered.flatMap((fragment, index) => (fragment === undefined ? [index + 1] : []));
  const [first] = ordered;
  if (missing.length > 0 || first === undefined) return { octets: null, id, total, missing };
  const whole = Buffer.concat(ordered.flatMap((fragment) => (fragment === undefined ? [] : [fragment.body])));
  const inner = headerOf(whole);
  const outer = headerOf(first.header);
  const moved = /^(?:content-.*|subject|message-id|encrypted|mime-version)$/;
  const fields = [
    ...outer.fields.filter(({ lowerName }) => !moved.test(lowerName)),
    ...inner.fields.filter(({ lowerName }) => moved.test(lowerName)),
  ];
  const header = fields.map(({ name, raw }) => `${name}:${raw}\r\n`).join('');
  const octets = Buffer.concat([Buffer.from(`${header}\r\n`, 'latin1'), whole.subarray(inner.bodyStart)]);
  return { octets, id, total, missing };
}
