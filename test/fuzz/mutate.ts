import { NUMBERS, type Random } from './random.ts';

/** A few changes of octets that know nothing of the format: flipped, zeroed, removed, inserted, repeated, moved. */
export function mutateOctets(random: Random, good: Buffer, changes = 1 + random.below(4)): Buffer {
  let octets = good;
  for (let change = 0; change < changes; change += 1) {
    const at = random.below(octets.length + 1);
    const length = random.chance(0.7) ? 1 + random.below(8) : 1 + random.below(700);
    const piece = octets.subarray(at, at + length);
    const before = octets.subarray(0, at);
    const after = octets.subarray(at + piece.length);
    switch (random.below(7)) {
      case 0: {
        octets = Buffer.from(octets);
        if (piece.length > 0) octets.writeUInt8(octets.readUInt8(at) ^ (1 << random.below(8)), at);
        break;
      }
      case 1:
        octets = Buffer.concat([before, Buffer.alloc(piece.length, random.of([0, 0x20, 0x41, 0xff])), after]);
        break;
      case 2:
        octets = Buffer.concat([before, after]);
        break;
      case 3:
        octets = Buffer.concat([before, Buffer.alloc(length, random.below(256)), piece, after]);
        break;
      case 4:
        octets = Buffer.concat([before, piece, piece, after]);
        break;
      case 5:
        octets = Buffer.from(before.length > 0 ? before : octets);
        break;
      default: {
        const from = random.below(octets.length + 1);
        octets = Buffer.concat([before, octets.subarray(from, from + length), after]);
      }
    }
  }
  return octets;
}

/** Sets a number in little-endian, of a width of 1, 2, 4 or 8 octets, to one that breaks readers or to a neighbour of itself. */
export function mutateNumber(random: Random, octets: Buffer, at: number, width: number): Buffer {
  const changed = Buffer.from(octets);
  if (at < 0 || at + width > changed.length) return changed;
  const narrow = Math.min(width, 6);
  const old = changed.readUIntLE(at, narrow);
  const value = random.chance(0.3)
    ? old + random.of([-2, -1, 1, 2, 512])
    : random.chance(0.2)
      ? random.below(octets.length * 2)
      : random.of(NUMBERS);
  changed.writeUIntLE(((value % 2 ** (8 * narrow)) + 2 ** (8 * narrow)) % 2 ** (8 * narrow), at, narrow);
  return changed;
}

/** Every place at which `mark` stands. */
export function places(octets: Buffer, mark: Uint8Array | string): number[] {
  const found: number[] = [];
  for (let at = octets.indexOf(mark); at >= 0; at = octets.indexOf(mark, at + 1)) found.push(at);
  return found;
}

/** Lines of text, some of them replaced, repeated, removed, exchanged or set between. */
export function mutateLines(random: Random, text: string, dictionary: readonly string[]): string {
  const lines = text.split('\n');
  const changes = 1 + random.below(5);
  for (let change = 0; change < changes; change += 1) {
    const at = random.below(lines.length);
    const line = lines[at] ?? '';
    switch (random.below(6)) {
      case 0:
        lines[at] = random.of(dictionary);
        break;
      case 1:
        lines.splice(at, 0, random.of(dictionary));
        break;
      case 2:
        lines.splice(at, 1 + random.below(3));
        break;
      case 3:
        lines.splice(at, 0, ...Array.from({ length: random.of([1, 2, 50]) }, () => line));
        break;
      case 4:
        lines[at] = mutateOctets(random, Buffer.from(line, 'latin1'), 1).toString('latin1');
        break;
      default:
        lines[at] = line.replace(/\d+/, () => String(random.of(NUMBERS)));
    }
    if (lines.length === 0) lines.push('');
  }
  return lines.join('\n');
}
