import type { EmailAddress } from '../../model/index.ts';
import { decodeHeaderText } from '../encoded-word/decode.ts';
import { FieldFaults } from '../header/faults.ts';
import { toByteString, trimBlanks, unfold } from '../header/unfold.ts';
import { AddressReader } from './groups.ts';
import type { AddressOptions, MailboxGroup } from './mailbox.ts';
import { readSimpleAddresses } from './simple.ts';

/** Reads an address field given as a string: RFC 8621 §4.1.2.4, with the comments kept beside. */
export function readAddressGroups(value: string): MailboxGroup[] {
  const options = { faults: new FieldFaults(), hint: null, maxAddresses: Number.MAX_SAFE_INTEGER };
  return readAddressField(toByteString(value), options);
}

/** Reads an address field given as a string: RFC 8621 §4.1.2.3, groups flattened. */
export function readAddresses(value: string): EmailAddress[] {
  return flattenGroups(readAddressGroups(value));
}

/** The mailboxes of all groups in order, as RFC 8621 §4.1.2.3 wants them. */
export function flattenGroups(groups: readonly MailboxGroup[]): EmailAddress[] {
  return groups.flatMap((group) => group.addresses.map(({ name, email }) => ({ name, email })));
}

/** The mailboxes of an address field given as a byte string, groups flattened: RFC 8621 §4.1.2.3. */
export function readMailboxes(raw: string, options: AddressOptions): EmailAddress[] {
  const simple = readSimpleAddresses(unfold(raw), {
    maxAddresses: options.maxAddresses,
    decode: (words) => trimBlanks(decodeHeaderText(trimBlanks(words), options.faults, options.hint)),
  });
  if (simple === null) return flattenGroups(readAddressField(raw, options));
  if (options.counter !== undefined) options.counter.steps += simple.length;
  return simple;
}

/**
 * Reads an address field given as a byte string. Total: what is no address is kept as a name or as an address without
 * `@`, with an issue. A comma that stands unquoted in a name (`Doe, John <j@x>`) is put back into it.
 */
export function readAddressField(raw: string, options: AddressOptions): MailboxGroup[] {
  const text = unfold(raw);
  // ISO-2022-JP uses the octets of quotes and commas within its characters: it is decoded before it is cut up.
  const safe = text.includes('\x1b$') ? toByteString(decodeHeaderText(text, options.faults, options.hint)) : text;
  return new AddressReader(safe, options).read();
}
