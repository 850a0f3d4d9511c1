import { Buffer } from 'node:buffer';
import { decodeTerminated, decodeWhole } from './codepage.ts';
import type { LittleEndianCursor } from './cursor.ts';
import { readFileTime } from './moment.ts';
import { MULTIPLE, type PropertyName, TYPE } from './property-tag.ts';

const UTF_16LE = 1200;

interface MapiProperty {
  readonly type: number;
  /** The first value, a view of the stream. */
  readonly value: Uint8Array;
}

/** Octets of a value of fixed size; a shorter one than four is padded to four. */
const FIXED_SIZES: ReadonlyMap<number, number> = new Map([
  [TYPE.UNSPECIFIED, 4],
  [TYPE.NULL, 4],
  [TYPE.INTEGER16, 2],
  [TYPE.INTEGER32, 4],
  [TYPE.FLOATING32, 4],
  [TYPE.FLOATING64, 8],
  [TYPE.CURRENCY, 8],
  [TYPE.FLOATING_TIME, 8],
  [TYPE.ERROR_CODE, 4],
  [TYPE.BOOLEAN, 2],
  [TYPE.INTEGER64, 8],
  [TYPE.TIME, 8],
  [TYPE.GUID, 16],
]);
const VARIABLE_TYPES: ReadonlySet<number> = new Set([TYPE.OBJECT, TYPE.STRING8, TYPE.STRING, TYPE.BINARY]);

/** The MAPI properties of a message, a recipient or an attachment, decoded when asked for. */
export class MapiProperties {
  /** Code page of 8-bit strings; what the stream's attOemCodepage says. */
  codepage: number;
  readonly #byKey = new Map<number | string, MapiProperty>();

  constructor(codepage: number) {
    this.codepage = codepage;
  }

  set(key: number | string, property: MapiProperty): void {
    this.#byKey.set(key, property);
  }

  /** Text up to its NUL; null where the property is absent, empty or no text. */
  text(tag: number | PropertyName): string | null {
    const found = this.#find(tag);
    if (found?.type === TYPE.STRING) return decodeTerminated(found.value, UTF_16LE) || null;
    if (found?.type === TYPE.STRING8) return decodeTerminated(found.value, this.codepage) || null;
    return null;
  }

  /** Like `text`, but with the NULs inside it. */
  wholeText(tag: number): string | null {
    const found = this.#find(tag);
    if (found?.type === TYPE.STRING) return decodeWhole(found.value, UTF_16LE);
    if (found?.type === TYPE.STRING8) return decodeWhole(found.value, this.codepage);
    return null;
  }

  binary(tag: number | PropertyName): Uint8Array | null {
    const found = this.#find(tag);
    return found?.type === TYPE.BINARY ? found.value : null;
  }

  object(tag: number): Uint8Array | null {
    const found = this.#find(tag);
    return found?.type === TYPE.OBJECT ? found.value : null;
  }

  integer(tag: number | PropertyName): number | null {
    const found = this.#find(tag);
    if (found?.type !== TYPE.INTEGER32 || found.value.length < 4) return null;
    return new DataView(found.value.buffer, found.value.byteOffset).getInt32(0, true);
  }

  boolean(name: PropertyName): boolean {
    const found = this.#find(name);
    return found?.type === TYPE.BOOLEAN && found.value[0] !== undefined && found.value[0] !== 0;
  }

  /** RFC 3339 in UTC. */
  time(tag: number | PropertyName): string | null {
    const found = this.#find(tag);
    return found?.type === TYPE.TIME ? readFileTime(found.value) : null;
  }

  #find(tag: number | PropertyName): MapiProperty | undefined {
    return this.#byKey.get(typeof tag === 'number' ? tag : `${tag[0]}:${tag[1]}`);
  }
}

export interface PropertyListEnd {
  /** Where the list stopped being readable, null where it did not. */
  readonly problem: 'truncated' | 'unknown type' | null;
}

/**
 * Reads a MsgPropertyList (MS-OXTNEF 2.1.3.4) into `properties`; a repeated property's last value stays.
 * Of a multi-valued property the first value is kept: nothing here is read from the others.
 */
export function readPropertyList(cursor: LittleEndianCursor, properties: MapiProperties): PropertyListEnd {
  const count = cursor.uint32();
  for (let index = 0; index < count && !cursor.overrun; index++) {
    // A count of four thousand million in a short stream ends with the stream.
    if (cursor.remaining === 0) return { problem: 'truncated' };
    const type = cursor.uint16();
    const id = cursor.uint16();
    const key = id < 0x8000 ? id : readName(cursor);
    const value = readValue(cursor, type);
    if (value === null) return { problem: 'unknown type' };
    properties.set(key, { type: type & ~MULTIPLE, value });
  }
  return { problem: cursor.overrun ? 'truncated' : null };
}

/** A property's set and its number (kind 0) or its name (kind 1). */
function readName(cursor: LittleEndianCursor): string {
  const set = formatGuid(cursor.take(16));
  if (cursor.uint32() === 0) return `${set}:${cursor.uint32()}`;
  const length = cursor.uint32();
  const name = decodeTerminated(cursor.take(length), UTF_16LE);
  cursor.skip(padding(length));
  return `${set}:"${name}"`;
}

function readValue(cursor: LittleEndianCursor, type: number): Uint8Array | null {
  const single = type & ~MULTIPLE;
  const variable = VARIABLE_TYPES.has(single);
  const size = FIXED_SIZES.get(single);
  if (!variable && size === undefined) return null;
  // The number of values is written for several values and for every value of variable size.
  const count = variable || type !== single ? cursor.uint32() : 1;
  let first: Uint8Array = new Uint8Array(0);
  for (let index = 0; index < count && !cursor.overrun; index++) {
    const length = size ?? cursor.uint32();
    const value = cursor.take(length);
    cursor.skip(padding(length));
    if (index === 0) first = value;
  }
  return first;
}

function padding(length: number): number {
  return (4 - (length % 4)) % 4;
}

/** `00062002-0000-0000-c000-000000000046` of the sixteen octets of a GUID, whose first three numbers are little-endian. */
function formatGuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex').padEnd(32, '0');
  const swap = (start: number, end: number) => (hex.slice(start, end).match(/../g) ?? []).reverse().join('');
  return `${swap(0, 8)}-${swap(8, 12)}-${swap(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
