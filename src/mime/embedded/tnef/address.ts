import { Buffer } from 'node:buffer';
import type { EmailAddress } from '../../../model/index.ts';
import { decodeTerminated, decodeWhole } from './codepage.ts';
import { LittleEndianCursor } from './cursor.ts';
import { type MapiProperties, readPropertyList } from './property.ts';
import { TAG } from './property-tag.ts';

/** The properties that together say who one person is. */
export interface AddressTags {
  readonly name: number;
  readonly type: number;
  readonly email: number;
  readonly smtp: number;
  readonly entryId: number;
}

export const SENDER: AddressTags = {
  name: TAG.SENDER_NAME,
  type: TAG.SENDER_ADDRESS_TYPE,
  email: TAG.SENDER_EMAIL_ADDRESS,
  smtp: TAG.SENDER_SMTP_ADDRESS,
  entryId: TAG.SENDER_ENTRY_ID,
};
export const SENT_REPRESENTING: AddressTags = {
  name: TAG.SENT_REPRESENTING_NAME,
  type: TAG.SENT_REPRESENTING_ADDRESS_TYPE,
  email: TAG.SENT_REPRESENTING_EMAIL_ADDRESS,
  smtp: TAG.SENT_REPRESENTING_SMTP_ADDRESS,
  entryId: TAG.SENT_REPRESENTING_ENTRY_ID,
};
const RECIPIENT: AddressTags = {
  name: TAG.DISPLAY_NAME,
  type: TAG.ADDRESS_TYPE,
  email: TAG.EMAIL_ADDRESS,
  smtp: TAG.SMTP_ADDRESS,
  entryId: TAG.ENTRY_ID,
};

/** MAPI_TO, MAPI_CC and MAPI_BCC in the low bits of PidTagRecipientType (MS-OXOMSG 2.2.3.1). */
const RECIPIENT_KINDS = ['originator', 'to', 'cc', 'bcc'] as const;
export type RecipientKind = (typeof RECIPIENT_KINDS)[number];

/** One-off entry id (MS-OXCDATA 2.2.5.1): provider 812b1fa4-bea3-1019-9d6e-00dd010f5402 as octets. */
const ONE_OFF_PROVIDER = 'a41f2b81a3be19109d6e00dd010f5402';
const ONE_OFF_UNICODE = 0x8000;

/**
 * An address from MAPI properties: the SMTP address where one is known, else what stands there
 * (an Exchange address book name, say); null where there is neither name nor address.
 */
export function readAddress(properties: MapiProperties, tags: AddressTags): EmailAddress | null {
  const entryId = properties.binary(tags.entryId);
  const oneOff = entryId === null ? null : readOneOff(entryId, properties.codepage);
  const stored = properties.text(tags.email);
  const smtp = properties.text(tags.type)?.toUpperCase() === 'SMTP' ? stored : null;
  const email = properties.text(tags.smtp) ?? smtp ?? oneOff?.email ?? stored ?? '';
  const name = properties.text(tags.name) ?? oneOff?.name ?? null;
  return email === '' && name === null ? null : { name, email: withoutType(email) };
}

export interface Recipient {
  readonly kind: RecipientKind;
  readonly address: EmailAddress;
}

/** The rows of attRecipTable (MS-OXTNEF 2.1.3.5.1). */
export function readRecipients(
  data: Uint8Array,
  empty: () => MapiProperties,
): { recipients: Recipient[]; complete: boolean } {
  const cursor = new LittleEndianCursor(data);
  const count = cursor.uint32();
  const recipients: Recipient[] = [];
  for (let row = 0; row < count; row++) {
    if (cursor.remaining === 0) return { recipients, complete: false };
    const properties = empty();
    const { problem } = readPropertyList(cursor, properties);
    const address = readAddress(properties, RECIPIENT);
    // The high bits say how often it was tried to deliver; a row without a kind is a To.
    const kind = RECIPIENT_KINDS[(properties.integer(TAG.RECIPIENT_TYPE) ?? 1) & 0xf];
    if (address !== null) recipients.push({ kind: kind ?? 'to', address });
    if (problem !== null) return { recipients, complete: false };
  }
  return { recipients, complete: true };
}

/** attFrom: a TRP structure (MS-OXTNEF 2.1.3.3.3), the «triple» of a name and `TYPE:address`. */
export function readTriple(data: Uint8Array, codepage: number): EmailAddress | null {
  const cursor = new LittleEndianCursor(data);
  cursor.skip(4);
  const nameLength = cursor.uint16();
  const emailLength = cursor.uint16();
  return addressOf(cursor.take(nameLength), cursor.take(emailLength), codepage);
}

/** attSentFor: a name and `TYPE:address`, each after its length (MS-OXTNEF 2.1.3.3.15). */
export function readCountedPair(data: Uint8Array, codepage: number): EmailAddress | null {
  const cursor = new LittleEndianCursor(data);
  const name = cursor.take(cursor.uint16());
  return addressOf(name, cursor.take(cursor.uint16()), codepage);
}

/** Names without addresses, as PR_DISPLAY_TO lists them: `One; Two`. */
export function readDisplayList(text: string | null): EmailAddress[] {
  const names = (text ?? '').split(';').map((name) => name.trim());
  return names.filter((name) => name !== '').map((name) => ({ name, email: '' }));
}

function addressOf(nameOctets: Uint8Array, emailOctets: Uint8Array, codepage: number): EmailAddress | null {
  const name = decodeTerminated(nameOctets, codepage) || null;
  const email = withoutType(decodeTerminated(emailOctets, codepage));
  return email === '' && name === null ? null : { name, email };
}

function withoutType(email: string): string {
  return /^smtp:/i.test(email) ? email.slice(5) : email;
}

function readOneOff(entryId: Uint8Array, codepage: number): { name: string | null; email: string } | null {
  const cursor = new LittleEndianCursor(entryId);
  cursor.skip(4);
  const provider = Buffer.from(cursor.take(16)).toString('hex');
  cursor.skip(2);
  const unicode = (cursor.uint16() & ONE_OFF_UNICODE) !== 0;
  if (cursor.overrun || provider !== ONE_OFF_PROVIDER) return null;
  const strings = decodeStrings(cursor.take(cursor.remaining), unicode ? 1200 : codepage);
  const [name = '', type = '', email = ''] = strings;
  return type.toUpperCase() === 'SMTP' && email !== '' ? { name: name || null, email } : null;
}

/** Strings that each end with a NUL. */
function decodeStrings(bytes: Uint8Array, codepage: number): string[] {
  return decodeWhole(bytes, codepage).split('\0', 3);
}
