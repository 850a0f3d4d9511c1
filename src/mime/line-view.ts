/** How far the first line break is looked for: octets. */
export const LINE_SAMPLE = 4_096;

/**
 * The octets as the structure is read from them: those of a message whose lines end in bare CR (classic Mac OS) with
 * each of these an LF, octet for octet, so that all offsets hold; those of any other message themselves.
 */
export function lineView(octets: Buffer): Buffer {
  if (!endsLinesWithReturn(octets)) return octets;
  const view = Buffer.from(octets);
  returnsToFeeds(view, 0);
  return view;
}

/** Whether the first line of a message ends in a bare CR. CR CR LF, which some transports make of CR LF, is none. */
export function endsLinesWithReturn(octets: Buffer): boolean {
  let at = 0;
  while (octets[at] === 10 || octets[at] === 32) at++;
  const first = octets.indexOf(13, at);
  if (first < 0 || first >= LINE_SAMPLE) return false;
  const feed = octets.subarray(0, LINE_SAMPLE).indexOf(10);
  if (feed >= 0 && feed < first) return false;
  let next = first;
  while (octets[next] === 13) next++;
  if (octets[next] === 10) return false;
  if (feed < 0) return true;
  // A stray CR within the first field of a message with line feeds: only a field or a fold behind it makes it a line break.
  return /^\r?(?:[\x21-\x39\x3b-\x7e]{1,60}:|[ \t]|\r)/.test(octets.toString('latin1', first + 1, first + 80));
}

/** Makes every bare CR an LF, in place. A CR before LF, or before CR LF, stays. Gives nothing. */
export function returnsToFeeds(view: Buffer, from: number): void {
  for (let at = view.indexOf(13, from); at >= 0; at = view.indexOf(13, at + 1)) {
    let next = at;
    while (view[next] === 13) next++;
    if (view[next] !== 10) view.fill(10, at, next);
    at = next - 1;
  }
}
