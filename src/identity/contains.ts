/** A needle this short, or the beginning of a longer one, is left to the built-in search. */
const HEAD = 64;

/** Knuth, Morris and Pratt's table: how much of the needle is still matched when the octet after `index` does not match. */
function borders(needle: Uint8Array): Int32Array {
  const table = new Int32Array(needle.length);
  let matched = 0;
  for (let index = 1; index < needle.length; index += 1) {
    while (matched > 0 && needle[index] !== needle[matched]) matched = table[matched - 1] ?? 0;
    if (needle[index] === needle[matched]) matched += 1;
    table[index] = matched;
  }
  return table;
}

/**
 * Whether octets occur within others, in time linear in both. `Buffer.indexOf` alone is not: an `aaaa…` in a `…aaaa` of a few
 * megabytes, which a sender can arrange, keeps it busy for hours. It is asked for the needle's first octets only,
 * which answers nearly every honest "no", and Knuth, Morris and Pratt look at the rest.
 */
export function containsOctets(haystack: Uint8Array, needle: Uint8Array): boolean {
  if (needle.length > haystack.length) return false;
  const within = Buffer.from(haystack.buffer, haystack.byteOffset, haystack.byteLength);
  const first = within.indexOf(needle.subarray(0, HEAD));
  if (first < 0 || needle.length <= HEAD) return first >= 0;
  const table = borders(needle);
  let matched = 0;
  for (let index = first; index < haystack.length; index += 1) {
    while (matched > 0 && haystack[index] !== needle[matched]) matched = table[matched - 1] ?? 0;
    if (haystack[index] === needle[matched]) matched += 1;
    if (matched === needle.length) return true;
  }
  return false;
}
