/** A reflected CRC whose initial value and final xor are all ones: what S3 can take of a whole object from its parts. */
export interface CrcForm {
  readonly width: bigint;
  /** Reflected. */
  readonly polynomial: bigint;
}

/** Multiplies two polynomials modulo the CRC's, coefficients reflected (the highest bit is x⁰). */
function multiply(form: CrcForm, a: bigint, b: bigint): bigint {
  let product = 0n;
  let shifted = b;
  for (let mask = 1n << (form.width - 1n); mask !== 0n; mask >>= 1n) {
    if (a & mask) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ form.polynomial : shifted >> 1n;
  }
  return product;
}

/**
 * Makes a function that gives the CRC of two strings of octets from the CRC of each and the length of the second
 * (Mark Adler's method, zlib `crc32_combine`). Shifts are remembered by length: parts are mostly of one size.
 */
export function crcCombiner(form: CrcForm): (first: bigint, second: bigint, secondLength: number) => bigint {
  const shifts = new Map<number, bigint>();
  const shift = (length: number) => {
    const known = shifts.get(length);
    if (known !== undefined) return known;
    let result = 1n << (form.width - 1n);
    let power = 1n << (form.width - 9n);
    for (let left = BigInt(length); left > 0n; left >>= 1n) {
      if (left & 1n) result = multiply(form, result, power);
      power = multiply(form, power, power);
    }
    shifts.set(length, result);
    return result;
  };
  return (first, second, secondLength) => multiply(form, shift(secondLength), first) ^ second;
}
