/** The order of two keys' UTF-8 octets. JavaScript compares UTF-16 units, which puts U+E000..U+FFFF after the rest. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return weight(left) - weight(right);
  }
  return a.length - b.length;
}

function weight(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** The first place at which `before` no longer holds, by halving. */
export function firstNot(keys: readonly string[], before: (key: string) => boolean, from = 0): number {
  let low = from;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (before(keys[middle] ?? '')) low = middle + 1;
    else high = middle;
  }
  return low;
}
