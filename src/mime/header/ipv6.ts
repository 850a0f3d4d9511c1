/**
 * An IPv6 address in the one spelling of RFC 5952 §4: lower case, no leading zeros, the longest run of two zero groups
 * or more as `::`. What is no IPv6 address comes back as it is.
 */
export function canonicalIpv6(text: string): string {
  const dotted = /^(.*:)((?:\d{1,3}\.){3}\d{1,3})$/.exec(text);
  const halves = (dotted?.[1]?.replace(/([^:]):$/, '$1') ?? text).split('::');
  const wanted = dotted === null ? 8 : 6;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = wanted - head.length - tail.length;
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return text;
  const written = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!written.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return text;
  const groups = written.map((group) => Number.parseInt(group, 16).toString(16));
  const run = longestZeros(groups);
  const short =
    run.length < 2
      ? groups.join(':')
      : `${groups.slice(0, run.start).join(':')}::${groups.slice(run.start + run.length).join(':')}`;
  if (dotted === null) return short;
  return short.endsWith(':') ? `${short}${dotted[2]}` : `${short}:${dotted[2]}`;
}

function longestZeros(groups: readonly string[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of [...groups, ''].entries()) {
    if (group === '0') continue;
    if (index - start > best.length) best = { start, length: index - start };
    start = index + 1;
  }
  return best;
}
