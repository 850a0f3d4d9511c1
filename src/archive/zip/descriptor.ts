import type { Buffer } from 'node:buffer';
import { readUInt64 } from '../octets.ts';
import { DESCRIPTOR } from './signatures.ts';

export interface Descriptor {
  readonly length: number;
  readonly crc32: number;
  readonly storedSize: number;
  readonly size: number;
}

/** With and without signature, 64-bit and 32-bit: APPNOTE §4.3.9 leaves it to the reader to find out. Longest first. */
const FORMS = [
  { length: 24, signed: true, wide: true },
  { length: 20, signed: false, wide: true },
  { length: 16, signed: true, wide: false },
  { length: 12, signed: false, wide: false },
] as const;

export const DESCRIPTOR_LENGTHS: readonly number[] = FORMS.map((form) => form.length);

function readForm(octets: Buffer, at: number, form: (typeof FORMS)[number]): Descriptor | null {
  if (at + form.length > octets.length) return null;
  if (form.signed && octets.readUInt32LE(at) !== DESCRIPTOR) return null;
  const fields = form.signed ? at + 4 : at;
  return {
    length: form.length,
    crc32: octets.readUInt32LE(fields),
    storedSize: form.wide ? readUInt64(octets, fields + 4) : octets.readUInt32LE(fields + 4),
    size: form.wide ? readUInt64(octets, fields + 12) : octets.readUInt32LE(fields + 8),
  };
}

/** The descriptor at `at` that says exactly this, in any form; null where none does. */
export function matchDescriptor(
  octets: Buffer,
  at: number,
  expected: { readonly crc32: number; readonly storedSize: number; readonly size: number },
): Descriptor | null {
  for (const form of FORMS) {
    const found = readForm(octets, at, form);
    if (
      found !== null &&
      found.crc32 === expected.crc32 &&
      found.storedSize === expected.storedSize &&
      found.size === expected.size
    )
      return found;
  }
  return null;
}

/** The descriptor that fills the remaining `length` octets exactly, whatever it says; null where no form does. */
export function descriptorOfLength(octets: Buffer, at: number, length: number): Descriptor | null {
  for (const form of FORMS) if (form.length === length) return readForm(octets, at, form);
  return null;
}
