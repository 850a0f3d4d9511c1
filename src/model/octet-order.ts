const BEYOND_ASCII = /\P{ASCII}/u;

/**
 * Compares two strings by the octets of their UTF-8, the order `LC_ALL=C sort` gives. JavaScript's own order is by
 * UTF-16 units and differs where a surrogate meets U+E000..U+FFFF.
 */
export function compareOctets(left: string, right: string): number {
  if (left === right) return 0;
  if (!BEYOND_ASCII.test(left) && !BEYOND_ASCII.test(right)) return left < right ? -1 : 1;
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
