import { readLines } from '../manifest/index.ts';
import { type ByteSource, MailproofError } from '../model/index.ts';
import { splitControlNumber } from './numbering.ts';

/** A line of `register.jsonl`: a document, the number it was given, and the archive it came from. */
export interface RegisterRow {
  readonly controlNumber: string;
  readonly custodian: string;
  /** SHA-256 of the archive, hexadecimal. */
  readonly archive: string;
  /** The record's id; for a plain attachment with its part. */
  readonly document: string;
  /** SHA-256 of the native, hexadecimal; null where it could not be read. */
  readonly sha256: string | null;
}

export const registerLine = (row: RegisterRow): string => `${JSON.stringify(row)}\n`;

interface Numbered {
  readonly first: number;
  count: number;
}

function parseRegisterRow(text: string): { readonly controlNumber: string; readonly family: string } | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const field = (name: string): unknown => Reflect.get(value, name);
  const [controlNumber, archive, document] = [field('controlNumber'), field('archive'), field('document')];
  if (typeof controlNumber !== 'string' || typeof archive !== 'string' || typeof document !== 'string') return null;
  return { controlNumber, family: familyKey(archive, Number(/^\d+/.exec(document)?.[0] ?? Number.NaN)) };
}

/** What a family is known by: its archive and its entry. */
const familyKey = (archive: string, entry: number): string => `${archive.slice(0, 32)}:${entry}`;

/** What earlier productions numbered: the first number of each family, and the number to go on with. */
export class Register {
  readonly #families = new Map<string, Numbered>();
  /** The number after the last one given under the prefix. */
  next = 1;

  /** Reads a register. Throws MANIFEST_INVALID where a line is none of its own, USAGE where the prefix is another. */
  static async read(source: ByteSource, prefix: string, signal?: AbortSignal): Promise<Register> {
    const register = new Register();
    let number = 0;
    for await (const lines of readLines(source, signal)) {
      for (const line of lines) {
        number++;
        const row = parseRegisterRow(line.text);
        const split = row === null ? null : splitControlNumber(row.controlNumber);
        if (row === null || split === null) {
          throw new MailproofError(
            'MANIFEST_INVALID',
            `Line ${number} of ${source.identity.location} is no register row.`,
          );
        }
        if (split.prefix !== prefix) {
          throw new MailproofError(
            'USAGE',
            `The register numbers with the prefix ${split.prefix}, this production with ${prefix}.`,
            { advice: 'Give the same --prefix, or another register.' },
          );
        }
        register.#take(row.family, split.number);
      }
    }
    return register;
  }

  #take(family: string, number: number): void {
    const known = this.#families.get(family);
    if (known === undefined) this.#families.set(family, { first: number, count: 1 });
    else known.count++;
    this.next = Math.max(this.next, number + 1);
  }

  /** The first number of a family and how many documents it had; null where it was never numbered. */
  family(archive: string, entry: number): { readonly first: number; readonly count: number } | null {
    return this.#families.get(familyKey(archive, entry)) ?? null;
  }
}
